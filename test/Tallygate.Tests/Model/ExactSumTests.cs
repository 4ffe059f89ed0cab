using System.Numerics;
using CsCheck;
using Tallygate.Model;

namespace Tallygate.Tests.Model;

public sealed class ExactSumTests
{
    private static readonly double[] Special = [0, -0.0, 1, 1e16, -1e16, double.Epsilon, 0.1, Math.ScaleB(1, 53), Math.ScaleB(1, -53), 1e300];

    private static readonly Gen<double> GenValue = Gen.OneOf(
        Gen.Double[0, 1e6],
        Gen.Double[-1e17, 1e17],
        Gen.Int[-1000, 1000].Select(i => (double)i),
        Gen.Select(Gen.Long[-(1L << 53), 1L << 53], Gen.Int[-1100, 960], (m, e) => Math.ScaleB(m, e)),
        Gen.Int[0, 9].Select(i => Special[i]));

    [Fact]
    public void The_value_is_the_rational_sum_rounded_once_whatever_the_order() => Gen.Select(GenValue.Array[0, 40], Gen.Int)
        .Sample((values, seed) =>
        {
            var expected = Rounded(values);
            Assert.Equal(expected, Sum(values));
            var shuffled = values.ToArray();
            new Random(seed).Shuffle(shuffled);
            Assert.Equal(expected, Sum(shuffled));
        });

    [Theory]
    [InlineData(new[] { 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 }, 1.0)]
    [InlineData(new[] { 1e308, 1e308 }, double.PositiveInfinity)]
    [InlineData(new[] { 1e16, 1, 1e-16 }, 10000000000000002.0)]
    [InlineData(new double[0], 0.0)]
    public void Known_sums(double[] values, double expected) => Assert.Equal(expected, Sum(values));

    [Fact]
    public void Whole_numbers_beyond_53_bits_are_exact()
    {
        var sum = new ExactSum();
        for (var i = 0; i < 1024; i++)
        {
            sum.Add((1UL << 53) + 1);
        }

        Assert.Equal(Math.ScaleB(1, 63) + 1024, sum.Value);
        Assert.Throws<ArgumentException>(() => sum.Add(double.NaN));
    }

    private static double Sum(double[] values)
    {
        var sum = new ExactSum();
        Array.ForEach(values, sum.Add);
        return sum.Value;
    }

    /// <summary>The sum in units of the least double, rounded half to even by long division.</summary>
    private static double Rounded(double[] values)
    {
        var sum = BigInteger.Zero;
        foreach (var value in values)
        {
            var bits = BitConverter.DoubleToInt64Bits(value);
            var exponent = (int)(bits >> 52) & 0x7FF;
            var mantissa = (bits & 0xFFFFFFFFFFFFF) | (exponent == 0 ? 0 : 1L << 52);
            sum += new BigInteger(value < 0 ? -mantissa : mantissa) << Math.Max(exponent - 1, 0);
        }

        var size = (int)BigInteger.Abs(sum).GetBitLength();
        if (size <= 53)
        {
            return (double)(long)sum * double.Epsilon;
        }

        var shift = size - 53;
        var whole = BigInteger.Abs(sum) >> shift;
        var rest = BigInteger.Abs(sum) - (whole << shift);
        var half = BigInteger.One << (shift - 1);
        whole += rest > half || (rest == half && !whole.IsEven) ? 1 : 0;
        return sum.Sign * Math.ScaleB((double)(long)whole, shift - 1074);
    }
}
