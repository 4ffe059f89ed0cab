using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tallygate.Testing;

namespace Tallygate.Conformance.Differential;

/// <summary>Brings two answers into a form in which they can be compared: times, own metrics, and the random order of the older one aside.</summary>
public static partial class Comparison
{
    private static readonly string[] Headers = ["Content-Type", "Content-Encoding", "Allow", "Location", "X-Content-Type-Options"];

    /// <summary>Status, the headers that matter, and the body.</summary>
    public static string Of(Probe probe, RawAnswer answer)
    {
        var text = new StringBuilder().Append(answer.Status).Append('\n');
        foreach (var header in Headers)
        {
            if (answer.Header(header) is { } value)
            {
                text.Append(header).Append(": ").Append(value.Replace("; escaping=underscores", "", StringComparison.Ordinal)).Append('\n');
            }
        }

        var type = answer.Header("Content-Type") ?? "";
        var body = answer.Header("Content-Encoding") == "gzip" ? Unpack(answer.Body) : answer.Body;
        return text.Append(probe.Request.Method == "GET" && answer.Status == 200 && type.StartsWith("application/json", StringComparison.Ordinal) ? Json(body)
            : type.StartsWith("text/html", StringComparison.Ordinal) && answer.Status == 200 ? "(a page)"
            : type.StartsWith("application/vnd.google.protobuf", StringComparison.Ordinal) ? Protobuf(body)
            : type.StartsWith("text/plain; version", StringComparison.Ordinal) ? Page(Encoding.UTF8.GetString(body))
            : Encoding.UTF8.GetString(body)).ToString();
    }

    /// <summary>The pushed lines of a scrape, with pushed times as "now".</summary>
    public static string Page(string page)
    {
        var lines = page.Split('\n').Where(l => l.StartsWith('#') ? !IsOwn(l.Split(' ')[2]) : l.Contains("job=\"", StringComparison.Ordinal)
            && !l.StartsWith("tallygate_job_", StringComparison.Ordinal));
        return Time().Replace(string.Join('\n', lines), "$1now");
    }

    /// <summary>A refusal without the rendering of the metric, which the original keeps unstable on purpose.</summary>
    public static string Refusal(string body) => Metric().Replace(body, "{…} ");

    public static string Json(byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        if (json.RootElement.GetProperty("data").ValueKind != JsonValueKind.Array)
        {
            return "(status)";
        }

        var groups = json.RootElement.GetProperty("data").EnumerateArray()
            .Select(g => JsonTime().Replace(PushTime().Replace(g.GetRawText().Replace("\\ufffd", "\uFFFD", StringComparison.Ordinal)
                .Replace("\\u0026", "&", StringComparison.Ordinal).Replace("\\u003c", "<", StringComparison.Ordinal).Replace("\\u003e", ">", StringComparison.Ordinal), "$1now\""), "(time)"));
        groups = groups.Select(g => g.Replace("\\uFFFD", "\uFFFD", StringComparison.Ordinal));
        return string.Join('\n', groups.Order(StringComparer.Ordinal));
    }

    /// <summary>The pushed families, without help, their metrics sorted: text scrapes compare the order.</summary>
    private static string Protobuf(byte[] body)
    {
        var families = new List<string>();
        for (var at = 0; at < body.Length;)
        {
            var length = Varint(body, ref at);
            var family = body.AsSpan(at, length);
            at += length;
            var name = Encoding.UTF8.GetString(family.Slice(2, family[1]));
            if (!IsOwn(name) && !name.StartsWith("push_", StringComparison.Ordinal))
            {
                families.Add(name + string.Concat(Fields(family.ToArray()).Order(StringComparer.Ordinal)));
            }
        }

        return string.Join('\n', families);
    }

    private static IEnumerable<string> Fields(byte[] family)
    {
        const int Help = 0x12;
        for (var at = 0; at < family.Length;)
        {
            var start = at;
            var tag = Varint(family, ref at);
            var value = Varint(family, ref at);
            at += (tag & 7) == 2 ? value : 0;
            if (tag != Help)
            {
                yield return "\n  " + Convert.ToHexString(family.AsSpan(start, at - start));
            }
        }
    }

    private static int Varint(byte[] bytes, ref int at)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[at++];
            value |= (b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }
    }

    private static bool IsOwn(string family) =>
        family.StartsWith("go_", StringComparison.Ordinal) || family.StartsWith("process_", StringComparison.Ordinal) || family.StartsWith("pushgateway_", StringComparison.Ordinal)
        || family.StartsWith("prometheus_", StringComparison.Ordinal) || family.StartsWith("tallygate_", StringComparison.Ordinal);

    private static byte[] Unpack(byte[] packed)
    {
        using var target = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        gzip.CopyTo(target);
        return target.ToArray();
    }

    [GeneratedRegex("^(push_(?:failure_)?time_seconds\\{.*\\} )[^0].*$", RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex("(\"push_(?:failure_)?time_seconds\":.*?\"value\":\")[^0\"][^\"]*\"")]
    private static partial Regex PushTime();

    [GeneratedRegex("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z")]
    private static partial Regex JsonTime();

    [GeneratedRegex("\\{ .*? \\} (?=was|is|has|must)")]
    private static partial Regex Metric();
}
