using System.Globalization;

namespace Tallygate.Server.PrometheusApi;

/// <summary>Times as Go prints them: RFC 3339 with as many decimals as there are digits that count.</summary>
internal static class Rfc3339
{
    /// <summary>Go's zero time: it stands for "never".</summary>
    public const string Never = "0001-01-01T00:00:00Z";

    public static string FromMs(long unixMs) => FromNano(checked(unixMs * 1_000_000));

    public static string FromNano(long unixNano)
    {
        var (seconds, nano) = (Math.DivRem(unixNano, 1_000_000_000, out var rest), rest);
        if (nano < 0)
        {
            seconds--;
            nano += 1_000_000_000;
        }

        var text = DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        return nano == 0 ? text + "Z" : text + "." + nano.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0') + "Z";
    }

    public static string From(DateTimeOffset time) => FromNano((time - DateTimeOffset.UnixEpoch).Ticks * 100);
}
