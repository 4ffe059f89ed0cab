namespace Tallygate.Exposition.Text;

/// <summary>What mostly causes the faults of text pushes, for the second line of the answer. Null where nothing is known beyond the fault itself.</summary>
internal static class PushTextHints
{
    public const string End = "the body must end with a newline; was it cut off?";
    public const string OpenMetrics = "for OpenMetrics send Content-Type: application/openmetrics-text";
    public const string Protobuf =
        "for protobuf send Content-Type: application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    public const string Twice = "each metric has one HELP and one TYPE line, before its samples; were two expositions put together?";
    public const string LabelValue = "label values stand in double quotes";
    public const string LabelEnd = "a comma or } must follow; a quote inside the value is written \\\"";
    public const string LineBreak = "the closing quote is missing, or a line break in the value, which is written \\n";
    public const string Escape = "a backslash is written \\\\, a quote \\\", a line break \\n; there are no other escapes";
    public const string NotUtf8 = "label values are UTF-8; is the body in Latin-1?";

    /// <summary>About a line that begins with no name, by the bytes that stand there.</summary>
    public static string? OfLineStart(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
        {
            return null;
        }

        return rest[0] switch
        {
            0xEF when rest.StartsWith("\uFEFF"u8) => "the body begins with a byte order mark; save it as UTF-8 without one",
            0x1F when rest.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) => "the body is gzipped; send Content-Encoding: gzip",
            0x28 when rest.StartsWith((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) => "the body is packed as Zstandard, which pushes cannot be; use gzip or snappy",
            0xFF when rest.StartsWith((ReadOnlySpan<byte>)[0xFF, 6, 0, 0]) => "the body is packed as snappy; send Content-Encoding: snappy",
            (byte)'<' => "this looks like HTML or XML, not like metrics",
            (byte)'[' => "this looks like JSON, not like metrics",
            (byte)'-' => "this looks like a form or a mail, not like metrics; with curl use --data-binary",
            >= (byte)'0' and <= (byte)'9' => "a name begins with no digit; a line is a name, perhaps labels, and a value",
            < (byte)' ' => Protobuf,
            _ => "a line is a name, perhaps labels in braces, and a value",
        };
    }

    /// <summary>About what stands where the value should.</summary>
    public static string? OfValue(ReadOnlySpan<byte> word)
    {
        if (word.IsEmpty)
        {
            return "the value is missing";
        }

        return word[0] switch
        {
            (byte)'-' or (byte)'.' when word.Length > 1 && char.IsAsciiLetter((char)word[1]) =>
                "names have letters, digits, _ and :; others stand in quotes, {\"my.name\"}, and need the server's flag --push.enable-utf8-names",
            (byte)'=' => "a value follows its name after a blank, without an equals sign",
            (byte)':' or (byte)'&' => "this looks like JSON or a form, not like metrics; with curl use --data-binary",
            _ when word.Contains((byte)',') => "the decimal sign is a point",
            _ when word.IndexOfAny("_xX"u8) >= 0 => "values are decimal, without underscores",
            _ when word.SequenceEqual("true"u8) || word.SequenceEqual("false"u8) => "write 1 or 0",
            _ when word.SequenceEqual("null"u8) || word.SequenceEqual("None"u8) => "write NaN, or leave the line out",
            _ => null,
        };
    }

    /// <summary>About what stands where a timestamp may.</summary>
    public static string OfTimestamp(ReadOnlySpan<byte> word) => word.IsEmpty ? "a blank stands behind the value"
        : word[0] == '#' ? "exemplars come in OpenMetrics: " + OpenMetrics
        : "only the value may follow the name; pushes have no timestamps";

    /// <summary>About a type that there is not.</summary>
    public static string OfType(string type) => type.TrimEnd() is var trimmed && trimmed.Length < type.Length ? "a blank stands behind the type"
        : trimmed.ToLowerInvariant() is "info" or "stateset" or "unknown" ? OpenMetrics
        : "types are counter, gauge, histogram, gaugehistogram, summary and untyped";

    /// <summary>About the sign between a label's name and its value.</summary>
    public static string OfLabelName(int found) => found switch
    {
        ':' => "this looks like JSON; labels are written name=\"value\"",
        '"' or ',' or '}' => "labels are written name=\"value\"",
        _ => "names of labels have letters, digits and _; others stand in quotes and need the server's flag --push.enable-utf8-names",
    };
}
