using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Tests.PromQL.Evaluation;

/// <summary>Stores full of what series come to in practice and in nightmares: gaps, ends, NaN of all sorts, infinities, resets, spikes.</summary>
internal static class RandomSeries
{
    /// <summary>The span of time that the samples cover, milliseconds from the epoch.</summary>
    public const int Span = 600_000;

    public static readonly string[] Names = ["a_total", "b_count", "gauge"];

    public static InMemoryStorage Store(Random random)
    {
        var storage = new InMemoryStorage();
        using var appender = storage.Appender();
        foreach (var name in Names)
        {
            var count = random.Next(1, 6);
            for (var i = 0; i < count; i++)
            {
                var labels = Labels.Of(
                    Labels.MetricName, name, "job", $"j{random.Next(2)}", "instance", $"i{i}", "le", i == 0 ? "+Inf" : $"{i * 0.5}");
                Fill(appender, random, labels);
            }
        }

        appender.Commit();
        return storage;
    }

    private static void Fill(IAppender appender, Random random, Labels labels)
    {
        var reference = default(SeriesRef);
        var kind = random.Next(10);
        var interval = random.Next(4) switch { 0 => 1000, 1 => 5000, 2 => 15_000, _ => random.Next(700, 20_000) };
        var jitter = random.Next(2) == 0 ? 0 : interval / 4;
        var oddity = random.Next(3) == 0 ? random.Next(2, 30) : 0;
        var value = random.Next(100) / 4.0;
        var time = (long)random.Next(interval);
        for (; time < Span; time += interval + (jitter > 0 ? random.Next(-jitter, jitter) : 0))
        {
            if (random.Next(60) == 0)
            {
                time += random.Next(20) * interval;
            }

            value = Next(random, kind, value);
            var shown = oddity > 0 && random.Next(oddity) == 0 ? Odd(random) : value;
            appender.Append(ref reference, labels, time, shown);
        }
    }

    private static double Next(Random random, int kind, double value) => kind switch
    {
        0 => value + random.Next(10),
        1 => random.Next(12) == 0 ? random.Next(3) : value + random.Next(50),
        2 => random.NextDouble(),
        3 => Math.Round(random.NextDouble() * 100, 2),
        4 => random.Next(-5, 5),
        5 => (random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-40, 40)),
        6 => 1.7e9 + random.Next(100_000) + (random.Next(3) == 0 ? 0.125 : 0),
        7 => value,
        8 => random.Next(3) == 0 ? -0.0 : 0.0,
        _ => random.Next(2) == 0 ? 9_007_199_254_740_993.0 + random.Next(1000) : -random.NextDouble(),
    };

    private static double Odd(Random random) => random.Next(11) switch
    {
        0 => StaleMarker.Value,
        1 => StaleMarker.NormalNaN,
        2 => BitConverter.Int64BitsToDouble(0x7ff8_0000_0000_1234),
        3 => BitConverter.Int64BitsToDouble(unchecked((long)0xfff8_0000_0000_0001)),
        4 => double.PositiveInfinity,
        5 => double.NegativeInfinity,
        6 => 1e16,
        7 => -1e16,
        8 => double.MaxValue,
        9 => double.Epsilon,
        _ => -0.0,
    };
}
