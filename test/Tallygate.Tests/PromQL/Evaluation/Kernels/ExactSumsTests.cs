using Tallygate.Model;
using Tallygate.PromQL.Evaluation.Kernels;
using Tallygate.PromQL.Values;
using Tallygate.Testing;

namespace Tallygate.Tests.PromQL.Evaluation.Kernels;

/// <summary>Running sums against compensated sums of each window: where they are offered they are the same to the bit.</summary>
public sealed class ExactSumsTests
{
    [Fact]
    public void A_window_is_the_compensated_sum_to_the_bit()
    {
        var random = new Random(Soak.Seed);
        var sums = new ExactSums();
        var (plain, wide, refused) = (0, 0, 0);
        for (var round = 0; round < Soak.Rounds(20_000, 2_000); round++)
        {
            var values = Values(random);
            if (!sums.TryPrepare(values, values.Length))
            {
                refused++;
                continue;
            }

            plain += sums.IsPlain ? 1 : 0;
            wide += sums.IsPlain ? 0 : 1;
            for (var i = 0; i < 20; i++)
            {
                var from = random.Next(values.Length);
                var to = random.Next(from + 1, values.Length + 1);
                Check(sums, values, from, to);
            }
        }

        Assert.True(plain > 50 && wide > 300 && refused > 20, $"{plain} plain, {wide} wide, {refused} refused; seed {Soak.Seed}");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.Epsilon)]
    [InlineData(double.MaxValue)]
    public void What_is_out_of_bounds_is_refused(double value) => Assert.False(new ExactSums().TryPrepare([1, value, 2], 3));

    private static void Check(ExactSums sums, double[] values, int from, int to)
    {
        var sum = new KahanSum(0);
        foreach (var value in values.AsSpan(from, to - from))
        {
            sum.Add(value);
        }

        var context = $"seed {Soak.Seed}: {string.Join(", ", values[from..to])}";
        Same(sum.Total, sums.Between(from, to), context);
        Same(sum.Compensation, sums.Less(from, to, sum.Sum), context);
    }

    private static void Same(double expected, double actual, string context) =>
        Assert.True(BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual), $"{expected:R} {actual:R} {context}");

    private static double[] Values(Random random)
    {
        var values = new double[random.Next(1, 300)];
        var lowest = random.Next(-60, 60);
        var spread = random.Next(0, 60);
        var bits = random.Next(1, 54);
        for (var i = 0; i < values.Length; i++)
        {
            var mantissa = random.NextInt64() >> (63 - bits);
            values[i] = Math.ScaleB(random.Next(2) == 0 ? mantissa : -mantissa, lowest + random.Next(spread + 1));
        }

        return values;
    }
}
