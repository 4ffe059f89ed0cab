using System.Text;

namespace Tallygate.Model;

/// <summary>
/// Floats as text, to the digit as Prometheus and the Pushgateway write and read them. Stateless; formatting and parsing bytes allocate nothing.
/// </summary>
public static class FloatText
{
    /// <summary>No form is longer, so a buffer of this size never fails. Without <see cref="FloatForm.Plain"/> 32 are enough.</summary>
    public const int MaxLength = 352;

    private const int ShortLength = 32;

    /// <summary>Writes <paramref name="value"/>; false, with nothing promised of the buffer, where it is too small.</summary>
    public static bool TryFormat(double value, FloatForm form, Span<byte> destination, out int written)
    {
        if (destination.Length >= (form == FloatForm.Plain ? MaxLength : ShortLength))
        {
            written = Write(value, form, destination);
            return true;
        }

        Span<byte> buffer = stackalloc byte[MaxLength];
        written = Write(value, form, buffer);
        if (buffer[..written].TryCopyTo(destination))
        {
            return true;
        }

        written = 0;
        return false;
    }

    /// <summary>Writes <paramref name="value"/> as a string.</summary>
    public static string Format(double value, FloatForm form)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(buffer[..Write(value, form, buffer)]);
    }

    /// <summary>Appends <paramref name="value"/> to <paramref name="target"/>.</summary>
    public static void Append(StringBuilder target, double value, FloatForm form)
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        var written = Write(value, form, buffer);
        foreach (var b in buffer[..written])
        {
            target.Append((char)b);
        }
    }

    /// <summary>
    /// Reads a float as the exposition formats allow it: decimal with optional sign, point and exponent, or <c>nan</c>, <c>inf</c>,
    /// <c>infinity</c> in any case, the latter two with optional sign. Refuses everything else: blanks, hexadecimal, underscores, and what
    /// is too large for a double. NaN comes as <see cref="StaleMarker.NormalNaN"/>.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) => FloatTextParser.TryParse(text, out value);

    /// <summary>Reads a float from characters, by the same rules.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        var bytes = text.Length <= MaxLength ? stackalloc byte[text.Length] : new byte[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAscii(text[i]))
            {
                return false;
            }

            bytes[i] = (byte)text[i];
        }

        return FloatTextParser.TryParse(bytes, out value);
    }

    private static int Write(double value, FloatForm form, Span<byte> to)
    {
        if (double.IsNaN(value))
        {
            "NaN"u8.CopyTo(to);
            return 3;
        }

        if (double.IsInfinity(value))
        {
            (value > 0 ? "+Inf"u8 : "-Inf"u8).CopyTo(to);
            return 4;
        }

        var at = 0;
        if (double.IsNegative(value) && (value != 0 || form is not (FloatForm.Exposition or FloatForm.Label)))
        {
            to[at++] = (byte)'-';
        }

        // "ddd" with the point after the first `point` digits; zero is the digit 0 with the point behind it.
        Span<byte> digits = stackalloc byte[20];
        var count = 1;
        var point = 1;
        if (value == 0)
        {
            digits[0] = (byte)'0';
        }
        else
        {
            var number = FloatTextShortest.ToDecimal(Math.Abs(value), out var exponent);
            count = DecimalDigits.Write(number, digits);
            point = count + exponent;
        }

        digits = digits[..count];
        return UsesExponent(value, form, point)
            ? at + WriteExponent(digits, point - 1, to[at..])
            : at + WritePlain(digits, point, to[at..], form == FloatForm.Label);
    }

    private static bool UsesExponent(double value, FloatForm form, int point) => form switch
    {
        FloatForm.Plain => false,
        FloatForm.Exponent => true,
        FloatForm.Api => value != 0 && Math.Abs(value) is < 1e-6 or >= 1e21,
        _ => point - 1 is < -4 or >= 6,
    };

    private static int WriteExponent(ReadOnlySpan<byte> digits, int exponent, Span<byte> to)
    {
        to[0] = digits[0];
        var at = 1;
        if (digits.Length > 1)
        {
            to[at++] = (byte)'.';
            digits[1..].CopyTo(to[at..]);
            at += digits.Length - 1;
        }

        to[at++] = (byte)'e';
        to[at++] = (byte)(exponent < 0 ? '-' : '+');
        exponent = Math.Abs(exponent);
        if (exponent >= 100)
        {
            to[at++] = (byte)('0' + (exponent / 100));
            exponent %= 100;
        }

        to[at++] = (byte)('0' + (exponent / 10));
        to[at++] = (byte)('0' + (exponent % 10));
        return at;
    }

    private static int WritePlain(ReadOnlySpan<byte> digits, int point, Span<byte> to, bool alwaysPoint)
    {
        if (point <= 0)
        {
            "0."u8.CopyTo(to);
            to.Slice(2, -point).Fill((byte)'0');
            digits.CopyTo(to[(2 - point)..]);
            return 2 - point + digits.Length;
        }

        if (point < digits.Length)
        {
            digits[..point].CopyTo(to);
            to[point] = (byte)'.';
            digits[point..].CopyTo(to[(point + 1)..]);
            return digits.Length + 1;
        }

        digits.CopyTo(to);
        to[digits.Length..point].Fill((byte)'0');
        if (!alwaysPoint)
        {
            return point;
        }

        ".0"u8.CopyTo(to[point..]);
        return point + 2;
    }
}
