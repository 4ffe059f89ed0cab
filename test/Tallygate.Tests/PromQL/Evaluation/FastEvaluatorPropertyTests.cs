using System.Text;
using Tallygate.PromQL;
using Tallygate.PromQL.Values;
using Tallygate.Storage;
using Tallygate.Testing;
using Vector = Tallygate.PromQL.Values.Vector;

namespace Tallygate.Tests.PromQL.Evaluation;

/// <summary>The fast ways of the evaluator against the simple one: the same bits, labels, order, annotations and errors.</summary>
public sealed class FastEvaluatorPropertyTests
{
    private const int ExpressionsByStore = 50;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_fast_way_gives_what_the_simple_way_gives(bool delayedNameRemoval)
    {
        var settings = new EngineOptions
        {
            ExperimentalFunctions = true,
            DelayedNameRemoval = delayedNameRemoval,
            DefaultSubqueryStep = TimeSpan.FromSeconds(20),
        };
        var fast = new Engine(settings, TimeProvider.System);
        var simple = new Engine(settings with { IsGeneric = true }, TimeProvider.System);
        var rounds = Soak.Rounds(60_000, 1_500) / ExpressionsByStore;
        var (answered, failed) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var seed = unchecked(Soak.Seed + (round * 7919));
            var random = new Random(seed);
            var storage = RandomSeries.Store(random);
            var expressions = new RandomExpressions(random);
            for (var i = 0; i < ExpressionsByStore; i++)
            {
                var query = expressions.Vector(random.Next(1, 4));
                var start = random.Next(-20_000, RandomSeries.Span);
                var step = random.Next(3) switch { 0 => 1000, 1 => 15_000, _ => random.Next(1, 60_000) };
                var end = start + ((long)step * random.Next(1, 60));
                var isInstant = random.Next(4) == 0;
                var options = new QueryOptions { LookbackDelta = TimeSpan.FromSeconds(random.Next(3) == 0 ? 7 : 60) };
                var expected = Ask(simple, storage, query, start, end, step, isInstant, options);
                var actual = Ask(fast, storage, query, start, end, step, isInstant, options);
                Assert.True(
                    expected.Text == actual.Text,
                    $"seed {seed}, {(isInstant ? "instant" : "range")} {start} {end} {step}: {query}\n{Difference(expected.Text, actual.Text)}");
                answered += expected.Points > 0 ? 1 : 0;
                failed += expected.Failed ? 1 : 0;
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds * ExpressionsByStore} queries: {answered} with points, {failed} with an error");
        Assert.True(answered > rounds * ExpressionsByStore / 4, $"only {answered} queries gave points");
    }

    private static (string Text, int Points, bool Failed) Ask(
        Engine engine, InMemoryStorage storage, string query, long start, long end, long step, bool isInstant, QueryOptions options)
    {
        var result = isInstant
            ? engine.Instant(storage, query, start, options, TestContext.Current.CancellationToken)
            : engine.Range(storage, query, start, end, step, options, TestContext.Current.CancellationToken);
        var text = new StringBuilder();
        var points = 0;
        text.AppendLine($"{result.Error?.Kind} {result.Error?.Message}");
        text.AppendJoin('\n', result.Warnings).AppendLine().AppendJoin('\n', result.Infos).AppendLine();
        switch (result.Value)
        {
            case Vector vector:
                foreach (var sample in vector.Samples)
                {
                    points++;
                    Append(text.Append(sample.Labels), sample.Time, sample.Value).AppendLine();
                }

                break;
            case Matrix matrix:
                foreach (var series in matrix.Series)
                {
                    text.Append(series.Labels);
                    foreach (var point in series.Floats)
                    {
                        points++;
                        Append(text, point.Time, point.Value);
                    }

                    text.AppendLine();
                }

                break;
        }

        return (text.ToString(), points, result.Error is not null);
    }

    private static StringBuilder Append(StringBuilder text, long time, double value) =>
        text.Append(' ').Append(time).Append('=').Append(BitConverter.DoubleToInt64Bits(value).ToString("x"));

    private static string Difference(string expected, string actual)
    {
        var (left, right) = (expected.Split('\n'), actual.Split('\n'));
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (left[i] != right[i])
            {
                var (x, y) = (left[i].Split(' '), right[i].Split(' '));
                var at = 0;
                while (at < Math.Min(x.Length, y.Length) - 1 && x[at] == y[at])
                {
                    at++;
                }

                return $"line {i}, word {at}:\n{x[at]}\n{y[at]}\nof\n{left[i]}\n{right[i]}";
            }
        }

        return $"{left.Length} lines and {right.Length} lines";
    }
}
