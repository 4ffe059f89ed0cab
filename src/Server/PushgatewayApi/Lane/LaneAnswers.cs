using System.Globalization;
using System.Text;
using Tallygate.Gateway.Ingest;

namespace Tallygate.Server.PushgatewayApi.Lane;

/// <summary>The answers as bytes, the same that the server at large writes. Thread-safe.</summary>
internal sealed class LaneAnswers(TimeProvider time)
{
    private volatile Short _short = new(0, [], []);

    /// <summary>The answer to a push, not to be written to.</summary>
    public byte[] To(PushOutcome outcome)
    {
        var now = time.GetUtcNow();
        if (outcome is { Error: null, Dropped: null } && outcome.Status is 200 or 202)
        {
            var second = now.ToUnixTimeSeconds();
            var known = _short;
            if (known.Second != second)
            {
                known = new Short(second, Whole("200 OK", "", now), Whole("202 Accepted", "", now));
                _short = known;
            }

            return outcome.Status == 200 ? known.Ok : known.Accepted;
        }

        var reason = outcome.Status switch
        {
            200 => "200 OK",
            202 => "202 Accepted",
            400 => "400 Bad Request",
            429 => "429 Too Many Requests",
            503 => "503 Service Unavailable",
            var other => other.ToString(CultureInfo.InvariantCulture) + " ",
        };
        return Whole(reason, outcome.Error is null && outcome.IsSuccess ? "" : outcome.Error + "\n", now, outcome.RetryAfterSeconds, outcome.Dropped);
    }

    private static byte[] Whole(string status, string body, DateTimeOffset now, int? retryAfter = null, DroppedSeries? dropped = null)
    {
        var head = new StringBuilder(256).Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        if (body.Length > 0)
        {
            head.Append("Content-Type: text/plain; charset=utf-8\r\n");
        }

        head.Append(CultureInfo.InvariantCulture, $"Date: {now:R}\r\n");
        if (retryAfter is { } seconds)
        {
            head.Append(CultureInfo.InvariantCulture, $"Retry-After: {seconds}\r\n");
        }

        if (dropped is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"{PushEndpoints.DroppedCount}: {dropped.Count}\r\n{PushEndpoints.DroppedSeries}: {dropped.Names}\r\n");
        }

        head.Append(body.Length > 0 ? "X-Content-Type-Options: nosniff\r\n\r\n" : "\r\n");
        return Encoding.UTF8.GetBytes(head.Append(body).ToString());
    }

    private sealed record Short(long Second, byte[] Ok, byte[] Accepted);
}
