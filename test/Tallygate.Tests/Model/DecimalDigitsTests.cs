using System.Globalization;
using System.Text;
using Tallygate.Model;

namespace Tallygate.Tests.Model;

public sealed class DecimalDigitsTests
{
    [Fact]
    public void Every_number_of_digits_is_written()
    {
        var numbers = new List<ulong> { 0, 1, 9, ulong.MaxValue, long.MaxValue };
        for (var power = 10UL; power <= 1_000_000_000_000_000_000; power *= 10)
        {
            numbers.AddRange([power - 1, power, power + 1, power * 9, (power * 10) - 1]);
        }

        for (var bits = 0; bits < 64; bits++)
        {
            numbers.AddRange([(1UL << bits) - 1, 1UL << bits]);
        }

        var random = new Random(5);
        for (var i = 0; i < 10_000; i++)
        {
            numbers.Add((ulong)random.NextInt64() >> random.Next(63));
        }

        Span<byte> text = stackalloc byte[DecimalDigits.MaxLength];
        foreach (var number in numbers)
        {
            var written = DecimalDigits.Write(number, text);
            Assert.Equal(number.ToString(CultureInfo.InvariantCulture), Encoding.ASCII.GetString(text[..written]));
        }
    }
}
