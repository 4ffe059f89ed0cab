using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;

namespace Tallygate.Server.PrometheusApi;

/// <summary>The parameters of an API request, from the form body first and then from the URL.</summary>
internal sealed class ApiParameters
{
    private const string LeastTime = "-292273086-05-16T16:47:06Z";
    private const string MostTime = "292277025-08-18T07:12:54.999999999Z";

    private readonly List<KeyValuePair<string, string>> _values = [];

    /// <summary>The earliest time that a client can name, Unix milliseconds.</summary>
    public const long MinTime = long.MinValue / 1_000_000 * 1_000;

    /// <summary>The latest time that a client can name, Unix milliseconds.</summary>
    public const long MaxTime = long.MaxValue / 1_000_000 * 1_000;

    public static async Task<ApiParameters> ReadAsync(HttpContext context)
    {
        var parameters = new ApiParameters();
        if (context.Request.Method == "POST"
            && context.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
        {
            using var body = await BodyReader.ReadAsync(context);
            parameters.Parse(Encoding.UTF8.GetString(body.Span));
        }

        parameters.Parse(context.Request.QueryString.Value.AsSpan().TrimStart('?'));
        return parameters;
    }

    /// <summary>The first value; empty where there is none.</summary>
    public string this[string name]
    {
        get
        {
            foreach (var (key, value) in _values)
            {
                if (key == name)
                {
                    return value;
                }
            }

            return "";
        }
    }

    public IReadOnlyList<string> All(string name) => [.. _values.Where(v => v.Key == name).Select(v => v.Value)];

    /// <summary>A time in Unix milliseconds: seconds as a float, or RFC 3339.</summary>
    public long Time(string name, long? otherwise = null)
    {
        var text = this[name];
        if (text.Length == 0 && otherwise is { } value)
        {
            return value;
        }

        return TryTime(text, out var time)
            ? time
            : throw new ApiException(ApiError.Parameter(name, $"cannot parse {Model.GoQuote.Quote(text)} to a valid timestamp"));
    }

    /// <summary>A duration: seconds as a float, or <c>1h30m</c>; null where it is absent.</summary>
    public TimeSpan? Duration(string name)
    {
        var text = this[name];
        if (text.Length == 0)
        {
            return null;
        }

        if (Model.FloatText.TryParse(text, out var seconds))
        {
            return Math.Abs(seconds) * 1e9 < long.MaxValue
                ? TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond))
                : throw new ApiException(ApiError.Parameter(name, $"cannot parse {Model.GoQuote.Quote(text)} to a valid duration. It overflows int64"));
        }

        return DurationText.TryParse(text, out var duration, out _)
            ? duration
            : throw new ApiException(ApiError.Parameter(name, $"cannot parse {Model.GoQuote.Quote(text)} to a valid duration"));
    }

    /// <summary>The most results wanted; 0: all.</summary>
    public int Limit(string name = "limit")
    {
        var text = this[name];
        if (text.Length == 0)
        {
            return 0;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit))
        {
            throw new ApiException(ApiError.Parameter(name, $"cannot parse {Model.GoQuote.Quote(text)} to a valid limit"));
        }

        return limit >= 0 ? limit : throw new ApiException(ApiError.Parameter(name, "limit must be non-negative"));
    }

    private static bool TryTime(string text, out long time)
    {
        time = text switch { LeastTime => MinTime, MostTime => MaxTime, _ => 0 };
        if (time != 0)
        {
            return true;
        }

        if (Model.FloatText.TryParse(text, out var seconds))
        {
            var ms = Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
            if (!(Math.Abs(ms) < 9.2e18))
            {
                return false;
            }

            time = (long)Math.Clamp(ms, MinTime, MaxTime);
            return true;
        }

        if (text.Length >= 20 && text[10] is 'T' or 't'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            time = date.ToUnixTimeMilliseconds();
            return true;
        }

        return false;
    }

    private void Parse(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split('&'))
        {
            var pair = text[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf('=');
            _values.Add(equals < 0
                ? KeyValuePair.Create(Decode(pair), "")
                : KeyValuePair.Create(Decode(pair[..equals]), Decode(pair[(equals + 1)..])));
        }
    }

    private static string Decode(ReadOnlySpan<char> text) => Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
}
