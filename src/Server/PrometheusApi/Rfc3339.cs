using System.Globalization;

namespace Tallygate.Server.PrometheusApi;

/// <summary>Times as Go prints them: RFC 3339 with as many decimals as there are digits that count.</summary>
internal static class Rfc3339
{
    /// <summary>Go's zero time: it stands for "never".</summary>
    public const string Never = "0001-01-01T00:00:00Z";

    public static string FromMs(long unixMs) => FromNano(checked(unixMs * 1_000_000));

    public static string FromNano(long unixNano) => FromNano(unixNano, TimeZoneInfo.Utc);

    /// <summary>The time in a zone; an offset of zero is written <c>Z</c>.</summary>
    public static string FromNano(long unixNano, TimeZoneInfo zone)
    {
        var (seconds, nano) = (Math.DivRem(unixNano, 1_000_000_000, out var rest), rest);
        if (nano < 0)
        {
            seconds--;
            nano += 1_000_000_000;
        }

        var time = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(seconds), zone);
        var offset = time.Offset == TimeSpan.Zero ? "Z" : time.ToString("zzz", CultureInfo.InvariantCulture);
        var text = time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return nano == 0 ? text + offset : text + "." + nano.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0') + offset;
    }

    public static string From(DateTimeOffset time) => FromNano((time - DateTimeOffset.UnixEpoch).Ticks * 100);
}
