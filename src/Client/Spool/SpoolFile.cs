using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tallygate.Wal;

namespace Tallygate.Client.Spool;

/// <summary>
/// A push as a file that a person can read: a first line with the SHA-256 of all that follows it, lines of <c>name: value</c>, an empty
/// line, and the body as it is. Described in docs/formats/spool.md.
/// </summary>
internal static class SpoolFile
{
    private const int Version = 1;
    private const string Kind = "tallygate push ";
    private static readonly string Start = string.Create(CultureInfo.InvariantCulture, $"{Kind}{Version} ");

    public static byte[] Encode(OutgoingPush push)
    {
        var head = new StringBuilder()
            .Append("server: ").Append(push.Target.Server).Append('\n')
            .Append("path: ").Append(push.Target.Path).Append('\n')
            .Append("method: ").Append(push.Method.ToString().ToUpperInvariant()).Append('\n')
            .Append(CultureInfo.InvariantCulture, $"time: {push.TimeNs}\n")
            .Append("key: ").Append(push.IdempotencyKey).Append('\n')
            .Append("type: ").Append(push.ContentType).Append('\n');
        Line(head, "run", push.RunId);
        Line(head, "state", push.RunState);
        foreach (var (name, value) in push.Headers)
        {
            Line(head, "header", $"{name}: {value}");
        }

        head.Append('\n');
        byte[] rest = [.. Encoding.UTF8.GetBytes(head.ToString()), .. push.Body.Span];
        return [.. Encoding.ASCII.GetBytes($"{Start}{Convert.ToHexStringLower(SHA256.HashData(rest))}\n"), .. rest];
    }

    /// <exception cref="SpoolDamagedException">It is not what was written.</exception>
    /// <exception cref="NewerVersionException">A newer program wrote it.</exception>
    public static OutgoingPush Decode(string path, byte[] bytes)
    {
        var first = bytes.AsSpan().IndexOf((byte)'\n');
        var line = first < 0 ? "" : Encoding.UTF8.GetString(bytes, 0, first);
        if (!line.StartsWith(Start, StringComparison.Ordinal))
        {
            throw NewerVersion(line) is { } newer
                ? new NewerVersionException(path, newer, Version)
                : new SpoolDamagedException(path, "it does not start as a push of a spool does");
        }

        var rest = bytes.AsMemory(first + 1);
        if (line[Start.Length..] != Convert.ToHexStringLower(SHA256.HashData(rest.Span)))
        {
            throw new SpoolDamagedException(path, "its checksum does not match");
        }

        var end = rest.Span.IndexOf("\n\n"u8);
        if (end < 0)
        {
            throw new SpoolDamagedException(path, "it has no empty line before the body");
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var text in Encoding.UTF8.GetString(rest.Span[..end]).Split('\n'))
        {
            var colon = text.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0)
            {
                throw new SpoolDamagedException(path, $"\"{text}\" is no field");
            }

            var (name, value) = (text[..colon], text[(colon + 2)..]);
            if (name == "header" && value.IndexOf(": ", StringComparison.Ordinal) is > 0 and var split)
            {
                headers.Add(new KeyValuePair<string, string>(value[..split], value[(split + 2)..]));
            }
            else
            {
                fields[name] = value;
            }
        }

        return new OutgoingPush
        {
            Target = new PushTarget(Field("server"), Field("path")),
            Method = Enum.TryParse<PushMethod>(Field("method"), ignoreCase: true, out var method)
                ? method : throw new SpoolDamagedException(path, "its method is unknown"),
            TimeNs = long.TryParse(Field("time"), NumberStyles.None, CultureInfo.InvariantCulture, out var time)
                ? time : throw new SpoolDamagedException(path, "its time is no number"),
            IdempotencyKey = Field("key"),
            ContentType = Field("type"),
            RunId = fields.GetValueOrDefault("run"),
            RunState = fields.GetValueOrDefault("state"),
            Headers = headers,
            Body = rest[(end + 2)..],
        };

        string Field(string name) =>
            fields.TryGetValue(name, out var value) ? value : throw new SpoolDamagedException(path, $"the field {name} is missing");
    }

    private static int? NewerVersion(string line) =>
        line.StartsWith(Kind, StringComparison.Ordinal)
            && line[Kind.Length..].Split(' ') is [var number, { Length: 64 }]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            && version > Version
                ? version : null;

    private static void Line(StringBuilder head, string name, string? value)
    {
        if (value is not null)
        {
            head.Append(name).Append(": ").Append(value).Append('\n');
        }
    }
}
