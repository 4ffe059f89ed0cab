using System.Globalization;
using System.Text;
using Tallygate.Model;

namespace Tallygate.Rules.Alerting.Templates.Printing;

/// <summary>Floats as Go's strconv.FormatFloat prints them.</summary>
internal static class GoFloat
{
    /// <param name="verb"><c>e</c>, <c>f</c> or <c>g</c>.</param>
    /// <param name="precision">Digits after the point, for <c>g</c> digits in all; negative: as few as tell the float from others.</param>
    public static string Format(double value, char verb, int precision)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        if (precision < 0)
        {
            return FloatText.Format(value, verb switch { 'e' => FloatForm.Exponent, 'f' => FloatForm.Plain, _ => FloatForm.General });
        }

        var text = new StringBuilder(double.IsNegative(value) ? "-" : "");
        var exact = ExactDecimal.Of(value);
        switch (verb)
        {
            case 'f':
                AppendPlain(text, exact.Round(exact.Point + precision), precision);
                break;
            case 'e':
                AppendExponent(text, exact.Round(precision + 1), precision);
                break;
            default:
                AppendShorter(text, exact.Round(Math.Max(precision, 1)), Math.Max(precision, 1));
                break;
        }

        return text.ToString();
    }

    private static void AppendShorter(StringBuilder text, ExactDecimal digits, int precision)
    {
        var count = digits.Digits.Length;
        var threshold = precision > count && count >= digits.Point ? count : precision;
        var exponent = count == 0 ? 0 : digits.Point - 1;
        if (count > 0 && (exponent < -4 || exponent >= threshold))
        {
            AppendExponent(text, digits, count - 1);
        }
        else
        {
            AppendPlain(text, digits, Math.Max(count - digits.Point, 0));
        }
    }

    private static void AppendPlain(StringBuilder text, ExactDecimal digits, int precision)
    {
        for (var place = Math.Min(1 - digits.Point, 0); place <= precision; place++)
        {
            text.Append(place == 1 ? "." : "").Append(digits.At(place));
        }
    }

    private static void AppendExponent(StringBuilder text, ExactDecimal digits, int precision)
    {
        for (var i = 0; i <= precision; i++)
        {
            text.Append(i == 1 ? "." : "").Append(i < digits.Digits.Length ? digits.Digits[i] : '0');
        }

        var exponent = digits.Digits.Length == 0 ? 0 : digits.Point - 1;
        text.Append(exponent < 0 ? "e-" : "e+").Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture));
    }
}
