using System.Numerics;
using CsCheck;
using Tallygate.PromQL;
using Tallygate.PromQL.Values;
using Tallygate.Tests.PromQL.Evaluation;
using Vector = Tallygate.PromQL.Values.Vector;

namespace Tallygate.Tests.PromQL.Functions;

/// <summary>Functions over windows against slow and obvious reckonings.</summary>
public sealed class OverTimePropertyTests
{
    private static readonly Engine Engine = new(new EngineOptions(), TimeProvider.System);
    private static readonly Gen<double[]> Decimals = Gen.Int[-1_000_000, 1_000_000].Select(i => i / 1000.0).Array[1, 60];

    private static readonly string[] Queries =
    [
        "rate(foo[7s])", "sum_over_time(foo[5s])", "avg_over_time(foo[9s])", "deriv(foo[6s])", "foo", "max_over_time(foo[10s:2s])",
        "changes(foo[8s] offset 3s)", "sum(foo) / count(foo)", "foo offset -2s",
    ];

    [Fact]
    public void A_sum_is_the_exact_sum_rounded_once() => Decimals.Sample(values =>
    {
        var sum = Ask("sum_over_time(foo[1h])", values);
        return Math.Abs(sum - ExactSum(values)) <= Math.BitIncrement(Math.Abs(sum)) - Math.Abs(sum);
    }, iter: 300);

    [Fact]
    public void Whole_numbers_are_summed_without_any_error() =>
        Gen.Long[-(1L << 40), 1L << 40].Array[1, 60].Sample(
            values => Ask("sum_over_time(foo[1h])", Array.ConvertAll(values, v => (double)v)) == values.Sum(), iter: 300);

    [Fact]
    public void Extremes_and_counts() => Decimals.Sample(values =>
        Ask("max_over_time(foo[1h])", values) == values.Max()
        && Ask("min_over_time(foo[1h])", values) == values.Min()
        && Ask("count_over_time(foo[1h])", values) == values.Length
        && Ask("quantile_over_time(1, foo[1h])", values) == values.Max(), iter: 100);

    [Fact]
    public void A_range_query_gives_at_each_step_what_an_instant_query_gives() =>
        Gen.Select(Decimals, Gen.Int[0, Queries.Length - 1]).Sample((values, number) =>
        {
            var query = Queries[number];
            var storage = SampleStore.OfValues("foo", values);
            var matrix = (Matrix)Engine.Range(storage, query, 1000, 40_000, 1500).Value!;
            for (var time = 1000L; time <= 40_000; time += 1500)
            {
                var vector = (Vector)Engine.Instant(storage, query, time).Value!;
                var points = matrix.Series.SelectMany(series => series.Floats).Where(point => point.Time == time).ToList();
                if (points.Count != vector.Samples.Count || (points.Count == 1 && !points[0].Value.Equals(vector.Samples[0].Value)))
                {
                    return false;
                }
            }

            return true;
        }, iter: 100);

    private static double Ask(string query, double[] values)
    {
        var result = Engine.Instant(SampleStore.OfValues("foo", values), query, values.Length * 1000L);
        return ((Vector)result.Value!).Samples[0].Value;
    }

    /// <summary>The sum in whole multiples of 2^-70, of which all the decimals above are.</summary>
    private static double ExactSum(double[] values)
    {
        var sum = BigInteger.Zero;
        foreach (var value in values)
        {
            sum += new BigInteger(Math.ScaleB(value, 70));
        }

        return Math.ScaleB((double)sum, -70);
    }
}
