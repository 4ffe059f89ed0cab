using System.Text.Json;
using Tallygate.Model;

namespace Tallygate.Server.PrometheusApi;

/// <summary>Numbers as the API writes them: times as JSON numbers in seconds, values as JSON strings.</summary>
internal static class JsonNumbers
{
    /// <summary>Writes Unix milliseconds as seconds, with exactly three decimals where they are not whole.</summary>
    public static void Time(Utf8JsonWriter json, long time)
    {
        Span<byte> text = stackalloc byte[32];
        json.WriteRawValue(text[..Format(time, text)], skipInputValidation: true);
    }

    /// <summary>Puts Unix milliseconds as seconds into the span, which must have room for 32 bytes; returns how many it took.</summary>
    public static int Format(long time, Span<byte> text)
    {
        var length = 0;
        if (time < 0)
        {
            text[length++] = (byte)'-';
        }

        var (seconds, rest) = Math.DivRem(time < 0 ? (ulong)-(time + 1) + 1 : (ulong)time, 1000);
        length += DecimalDigits.Write(seconds, text[length..]);
        if (rest != 0)
        {
            text[length++] = (byte)'.';
            text[length++] = (byte)('0' + (rest / 100));
            text[length++] = (byte)('0' + (rest / 10 % 10));
            text[length++] = (byte)('0' + (rest % 10));
        }

        return length;
    }

    /// <summary>Writes a value as a string.</summary>
    public static void Value(Utf8JsonWriter json, double value)
    {
        Span<byte> text = stackalloc byte[FloatText.MaxLength];
        FloatText.TryFormat(value, FloatForm.Api, text, out var length);
        json.WriteStringValue(text[..length]);
    }

    /// <summary>Writes seconds as a JSON number, shortest form.</summary>
    public static void Seconds(Utf8JsonWriter json, TimeSpan duration) => json.WriteNumberValue(duration.TotalSeconds);
}
