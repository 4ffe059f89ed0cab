using System.Globalization;
using CsCheck;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL;
using Tallygate.PromQL.Values;
using Tallygate.Storage;
using Vector = Tallygate.PromQL.Values.Vector;

namespace Tallygate.Tests.PromQL.Functions;

/// <summary>Queries of native histograms with custom buckets against the same queries of classic histograms, bucket by bucket.</summary>
public sealed class HistogramQueryPropertyTests
{
    private static readonly double[] Bounds = [0.5, 1, 2.5];
    private static readonly Engine Engine = new(new EngineOptions(), TimeProvider.System);

    // How much each bucket grows from sample to sample; a 0 in front stands for a reset.
    private static readonly Gen<int[][]> Growth = Gen.Int[0, 20].Array[Bounds.Length + 2].Array[2, 20];

    [Theory]
    [InlineData("rate({0}[20s])")]
    [InlineData("increase({0}[45s])")]
    [InlineData("irate({0}[20s])")]
    [InlineData("sum_over_time({0}[30s])")]
    [InlineData("avg_over_time({0}[30s])")]
    [InlineData("sum({0}) without (a)")]
    [InlineData("avg({0}) without (a)")]
    [InlineData("{0} * 3 + {0} / 7")]
    public void Buckets_are_what_classic_buckets_would_be(string query) => Growth.Sample(growth =>
    {
        var storage = Store(growth);
        for (var time = 20_000L; time <= 100_000; time += 20_000)
        {
            var native = Ask(storage, Write(query, "native"), time);
            var classic = Ask(storage, Write(query, "classic_bucket"), time);
            var histogram = native.Count == 0 ? null : native[0].Histogram!;
            if ((histogram is null) != (classic.Count == 0))
            {
                return false;
            }

            foreach (var bucket in classic)
            {
                var bound = bucket.Labels.Get("le") == "+Inf" ? double.PositiveInfinity : double.Parse(bucket.Labels.Get("le"), CultureInfo.InvariantCulture);
                var cumulative = histogram!.EnumeratePositive().Where(b => b.Upper <= bound).Sum(b => b.Count);
                if (Math.Abs(cumulative - bucket.Value) > 1e-3 + (1e-9 * Math.Abs(bucket.Value)))
                {
                    return false;
                }
            }
        }

        return true;
    }, iter: 100);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public void Quantiles_and_fractions_agree(double q) => Growth.Sample(growth =>
    {
        var storage = Store(growth);
        var native = Ask(storage, Write($"histogram_quantile({q.ToString(CultureInfo.InvariantCulture)}, {{0}})", "native"), 50_000);
        var classic = Ask(storage, Write($"histogram_quantile({q.ToString(CultureInfo.InvariantCulture)}, {{0}})", "classic_bucket"), 50_000);
        var nativeShare = Ask(storage, Write("histogram_fraction(0.2, 1.7, {0})", "native"), 50_000);
        var classicShare = Ask(storage, Write("histogram_fraction(0.2, 1.7, {0})", "classic_bucket"), 50_000);
        return Math.Abs(native[0].Value - classic[0].Value) < 1e-9 && Math.Abs(nativeShare[0].Value - classicShare[0].Value) < 1e-9;
    }, iter: 100);

    private static string Write(string query, string name) => query.Replace("{0}", name, StringComparison.Ordinal);

    private static IReadOnlyList<VectorSample> Ask(InMemoryStorage storage, string query, long time)
    {
        var result = Engine.Instant(storage, query, time);
        Assert.Null(result.Error);
        return ((Vector)result.Value!).Samples;
    }

    /// <summary>One histogram twice, every 5 s. It starts high, so that no counter is carried on below zero.</summary>
    private static InMemoryStorage Store(int[][] growth)
    {
        var storage = new InMemoryStorage();
        using var appender = storage.Appender();
        var counts = new double[Bounds.Length + 1];
        var floor = 1e12;
        Array.Fill(counts, floor);
        var references = new SeriesRef[Bounds.Length + 2];
        for (var i = 0; i < growth.Length; i++)
        {
            if (growth[i][0] == 0)
            {
                floor /= 2;
                Array.Fill(counts, floor);
            }

            for (var b = 0; b < counts.Length; b++)
            {
                counts[b] += growth[i][b + 1];
            }

            Append(appender, references, counts, (i + 1) * 5000L);
        }

        appender.Commit();
        return storage;
    }

    private static void Append(IAppender appender, SeriesRef[] references, double[] counts, long time)
    {
        var cumulative = 0.0;
        for (var b = 0; b < counts.Length; b++)
        {
            cumulative += counts[b];
            var le = b < Bounds.Length ? Bounds[b].ToString(CultureInfo.InvariantCulture) : "+Inf";
            appender.Append(
                ref references[b], Labels.Of(Labels.MetricName, "classic_bucket").With("a", "1").With("le", le), time, cumulative);
        }

        appender.Append(ref references[^1], Labels.Of(Labels.MetricName, "native").With("a", "1"), time, new FloatHistogram
        {
            Schema = FloatHistogram.CustomBucketsSchema,
            Count = cumulative,
            Sum = cumulative / 2,
            CustomValues = Bounds,
            PositiveSpans = [new BucketSpan(0, (uint)counts.Length)],
            PositiveBuckets = [.. counts],
        });
    }
}
