using System.Numerics;
using System.Text;
using CsCheck;
using Tallygate.Model;
using Tallygate.Testing;

namespace Tallygate.Tests.Model;

public sealed class FloatTextTests
{
    private static readonly Gen<double> AnyFinite = Gen.ULong
        .Select(BitConverter.UInt64BitsToDouble).Where(double.IsFinite);

    private static readonly Gen<double> FewDigits =
        Gen.Select(Gen.Long[-9_999_999_999, 9_999_999_999], Gen.Int[-30, 30], (n, e) => n * Math.Pow(10, e));

    [Theory]
    [InlineData(0, "0", "0", "0.0", "0", "0e+00")]
    [InlineData(-0.0, "0", "-0", "0.0", "-0", "-0e+00")]
    [InlineData(1, "1", "1", "1.0", "1", "1e+00")]
    [InlineData(-1, "-1", "-1", "-1.0", "-1", "-1e+00")]
    [InlineData(999999, "999999", "999999", "999999.0", "999999", "9.99999e+05")]
    [InlineData(1e6, "1e+06", "1000000", "1e+06", "1000000", "1e+06")]
    [InlineData(1234567, "1.234567e+06", "1234567", "1.234567e+06", "1234567", "1.234567e+06")]
    [InlineData(1234567.891, "1.234567891e+06", "1234567.891", "1.234567891e+06", "1234567.891", "1.234567891e+06")]
    [InlineData(123456.789, "123456.789", "123456.789", "123456.789", "123456.789", "1.23456789e+05")]
    [InlineData(0.0001, "0.0001", "0.0001", "0.0001", "0.0001", "1e-04")]
    [InlineData(1e-5, "1e-05", "0.00001", "1e-05", "0.00001", "1e-05")]
    [InlineData(1e-6, "1e-06", "0.000001", "1e-06", "0.000001", "1e-06")]
    [InlineData(9.9e-7, "9.9e-07", "9.9e-07", "9.9e-07", "0.00000099", "9.9e-07")]
    [InlineData(1e20, "1e+20", "100000000000000000000", "1e+20", "100000000000000000000", "1e+20")]
    [InlineData(1e21, "1e+21", "1e+21", "1e+21", "1000000000000000000000", "1e+21")]
    [InlineData(9007199254740992, "9.007199254740992e+15", "9007199254740992", "9.007199254740992e+15", "9007199254740992", "9.007199254740992e+15")]
    [InlineData(1700000000.123, "1.700000000123e+09", "1700000000.123", "1.700000000123e+09", "1700000000.123", "1.700000000123e+09")]
    [InlineData(2.5, "2.5", "2.5", "2.5", "2.5", "2.5e+00")]
    [InlineData(double.PositiveInfinity, "+Inf", "+Inf", "+Inf", "+Inf", "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf", "-Inf", "-Inf", "-Inf", "-Inf")]
    [InlineData(double.NaN, "NaN", "NaN", "NaN", "NaN", "NaN")]
    public void Each_form_writes_as_the_reference_does(double value, string exposition, string api, string label, string plain, string exponent)
    {
        Assert.Equal(exposition, FloatText.Format(value, FloatForm.Exposition));
        Assert.Equal(api, FloatText.Format(value, FloatForm.Api));
        Assert.Equal(label, FloatText.Format(value, FloatForm.Label));
        Assert.Equal(plain, FloatText.Format(value, FloatForm.Plain));
        Assert.Equal(exponent, FloatText.Format(value, FloatForm.Exponent));
        Assert.Equal(value == 0 && double.IsNegative(value) ? "-0" : exposition, FloatText.Format(value, FloatForm.General));
    }

    [Theory]
    [InlineData(5e-324, "5e-324")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(2.2250738585072014E-308, "2.2250738585072014e-308")]
    [InlineData(9.5367431640625E-07, "9.5367431640625e-07")]
    [InlineData(2.98023223876953125E-08, "2.9802322387695312e-08")]
    [InlineData(5.684341886080802e-14, "5.684341886080802e-14")]
    [InlineData(5e-323, "5e-323")]
    [InlineData(1e23, "1e+23")]
    [InlineData(9007199254740993, "9.007199254740992e+15")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(18446744073709551616.0, "1.8446744073709552e+19")]
    public void Digits_are_the_shortest_and_the_closest(double value, string expected) =>
        Assert.Equal(expected, FloatText.Format(value, FloatForm.General));

    [Fact]
    public void Every_power_of_two_and_its_neighbours_agree_with_exact_arithmetic()
    {
        for (var exponent = -1074; exponent <= 1023; exponent++)
        {
            var power = Math.ScaleB(1.0, exponent);
            AgreesWithOracle(power);
            AgreesWithOracle(Math.BitIncrement(power));
            if (exponent > -1074)
            {
                AgreesWithOracle(Math.BitDecrement(power));
            }
        }
    }

    [Fact]
    public void Every_power_of_ten_and_its_neighbours_agree_with_exact_arithmetic()
    {
        for (var exponent = -323; exponent <= 308; exponent++)
        {
            var power = double.Parse($"1e{exponent}");
            AgreesWithOracle(power);
            AgreesWithOracle(Math.BitIncrement(power));
            AgreesWithOracle(3 * power < double.MaxValue ? 3 * power : power);
        }
    }

    [Fact]
    public void Any_double_agrees_with_exact_arithmetic() =>
        AnyFinite.Where(v => v != 0).Sample(v => AgreesWithOracle(Math.Abs(v)), iter: 3_000);

    [Fact]
    public void Numbers_of_few_digits_agree_with_exact_arithmetic() =>
        FewDigits.Where(v => v != 0).Sample(v => AgreesWithOracle(Math.Abs(v)), iter: 3_000);

    [Fact]
    public void Every_form_reads_back_to_the_same_bits() =>
        Gen.Select(Gen.OneOf(AnyFinite, FewDigits), Gen.Enum<FloatForm>()).Sample((value, form) =>
        {
            Span<byte> text = stackalloc byte[FloatText.MaxLength];
            Assert.True(FloatText.TryFormat(value, form, text, out var written));
            Assert.True(FloatText.TryParse(text[..written], out var back));
            Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(back));
            Assert.Equal(Encoding.ASCII.GetString(text[..written]), FloatText.Format(value, form));
        }, iter: 30_000);

    [Fact]
    public void Powers_of_ten_are_what_exact_arithmetic_says()
    {
        for (var exponent = FloatTextPowers.Min; exponent <= FloatTextPowers.Max; exponent++)
        {
            var numerator = exponent >= 0 ? BigInteger.Pow(10, exponent) : BigInteger.One;
            var denominator = exponent >= 0 ? BigInteger.One : BigInteger.Pow(10, -exponent);
            while (numerator / denominator >= BigInteger.One << 128)
            {
                denominator <<= 1;
            }

            while (numerator / denominator < BigInteger.One << 127)
            {
                numerator <<= 1;
            }

            var rounded = (numerator + denominator - 1) / denominator;
            var at = 2 * (exponent - FloatTextPowers.Min);
            Assert.Equal(rounded, ((BigInteger)FloatTextPowers.Words[at] << 64) | FloatTextPowers.Words[at + 1]);
        }
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("+1", 1)]
    [InlineData("-0", -0.0)]
    [InlineData("1.", 1)]
    [InlineData(".5", 0.5)]
    [InlineData("-.5e1", -5)]
    [InlineData("1E3", 1000)]
    [InlineData("1e+03", 1000)]
    [InlineData("1e21", 1e21)]
    [InlineData("007", 7)]
    [InlineData("0e999999999999", 0)]
    [InlineData("1e-999999999999", 0)]
    [InlineData("9007199254740993", 9007199254740992)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("2.4703282292062327e-324", 0)]
    [InlineData("2.4703282292062328e-324", 5e-324)]
    [InlineData("Inf", double.PositiveInfinity)]
    [InlineData("+inf", double.PositiveInfinity)]
    [InlineData("-INF", double.NegativeInfinity)]
    [InlineData("infinity", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    public void Reads_what_the_text_parsers_accept(string text, double expected)
    {
        Assert.True(FloatText.TryParse(Encoding.UTF8.GetBytes(text), out var value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
        Assert.True(FloatText.TryParse(text, out value));
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("nan")]
    [InlineData("NaN")]
    [InlineData("NAN")]
    public void Every_nan_becomes_the_ordinary_one(string text)
    {
        Assert.True(FloatText.TryParse(text, out var value));
        Assert.Equal(StaleMarker.NormalNaNBits, BitConverter.DoubleToInt64Bits(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("+")]
    [InlineData("-")]
    [InlineData("e5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e5.5")]
    [InlineData("1.2.3")]
    [InlineData("1 ")]
    [InlineData(" 1")]
    [InlineData("1\r")]
    [InlineData("1\0")]
    [InlineData("1,000")]
    [InlineData("+nan")]
    [InlineData("-NaN")]
    [InlineData("infin")]
    [InlineData("++1")]
    [InlineData("0x1p-2")]
    [InlineData("0x1")]
    [InlineData("0b1")]
    [InlineData("0o1")]
    [InlineData("1_000")]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1.7976931348623159e308")]
    [InlineData("１")]
    [InlineData("true")]
    public void Refuses_what_the_text_parsers_refuse(string text)
    {
        Assert.False(FloatText.TryParse(Encoding.UTF8.GetBytes(text), out _));
        Assert.False(FloatText.TryParse(text, out _));
    }

    [Fact]
    public void Reading_rounds_as_exact_arithmetic_does() =>
        Gen.Select(Gen.ULong, Gen.ULong[0, 99_999], Gen.Int[-345, 310]).Sample((high, low, exponent) =>
        {
            var expected = FloatTextOracle.Nearest(BigInteger.Parse($"{high}{low}"), exponent);
            var read = FloatText.TryParse($"{high}{low}e{exponent}", out var value);
            Assert.Equal(double.IsFinite(expected), read);
            if (read)
            {
                Assert.Equal(expected, value);
            }
        }, iter: 3_000);

    [Fact]
    public void Reading_short_numbers_rounds_as_exact_arithmetic_does() =>
        Gen.Select(Gen.Long[0, 1L << 54], Gen.Int[-30, 30]).Sample((digits, exponent) =>
        {
            Assert.True(FloatText.TryParse($"{digits}e{exponent}", out var value));
            Assert.Equal(FloatTextOracle.Nearest(digits, exponent), value);
        }, iter: 3_000);

    [Fact]
    public void Reading_the_middle_between_two_doubles_goes_to_the_even_one() =>
        Gen.Select(Gen.ULong[1UL << 52, (1UL << 53) - 2], Gen.Int[-3, 9], Gen.Int[-1, 1]).Sample((significand, power, off) =>
        {
            var middle = ((BigInteger)((2 * significand) + 1) << (power + 3)) * 125;
            var digits = middle + off;
            Assert.True(FloatText.TryParse($"{digits}e-3", out var value));
            Assert.Equal(FloatTextOracle.Nearest(digits, -3), value);
        }, iter: 3_000);

    [Fact]
    public void Reading_nineteen_digits_rounds_as_exact_arithmetic_does() =>
        Gen.Select(Gen.ULong[1, 9_999_999_999_999_999_999], Gen.Int[-345, 310]).Sample((digits, exponent) =>
        {
            var expected = FloatTextOracle.Nearest(digits, exponent);
            Assert.Equal(double.IsFinite(expected), FloatText.TryParse($"{digits}e{exponent}", out var value));
            Assert.True(!double.IsFinite(expected) || expected == value);
        }, iter: 20_000);

    [Fact]
    public void A_point_moved_by_a_long_run_of_zeros_counts()
    {
        Assert.True(FloatText.TryParse("0." + new string('0', 100_000) + "1e100010", out var value));
        Assert.Equal(1e9, value);
        Assert.True(FloatText.TryParse("1" + new string('0', 500) + "e-500", out value));
        Assert.Equal(1, value);
    }

    [Fact]
    public void A_buffer_that_is_too_small_is_refused_and_a_fitting_one_is_not()
    {
        Span<byte> buffer = stackalloc byte[8];
        Assert.True(FloatText.TryFormat(12345.67, FloatForm.Exposition, buffer, out var written));
        Assert.Equal(8, written);
        Assert.False(FloatText.TryFormat(12345.678, FloatForm.Exposition, buffer, out written));
        Assert.Equal(0, written);
    }

    [Fact]
    public void The_longest_texts_fit_the_promised_length()
    {
        Span<byte> buffer = stackalloc byte[FloatText.MaxLength];
        Assert.True(FloatText.TryFormat(-2.2250738585072014E-308, FloatForm.Plain, buffer, out var written));
        Assert.InRange(written, 300, FloatText.MaxLength);
        Assert.True(FloatText.TryFormat(-double.MaxValue, FloatForm.Plain, buffer, out written));
        Assert.InRange(written, 300, FloatText.MaxLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.1)]
    [InlineData(1e300)]
    [InlineData(1700000000.1234567)]
    [InlineData(double.NaN)]
    public void Formatting_and_parsing_bytes_allocate_nothing(double value)
    {
        var buffer = new byte[FloatText.MaxLength];
        var least = Allocations.Least(() =>
        {
            FloatText.TryFormat(value, FloatForm.Exposition, buffer, out var written);
            var read = FloatText.TryParse(buffer.AsSpan(0, written), out _);
            Assert.True(read);
        });

        Assert.Equal(0, least);
    }

    private static void AgreesWithOracle(double value)
    {
        var text = FloatText.Format(value, FloatForm.Exponent);
        var expected = FloatTextOracle.Shortest(value);
        Assert.True(FloatTextOracle.Read(text) == expected, $"{value:R}: {text}, exactly {expected}");
    }
}
