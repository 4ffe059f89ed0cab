using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Tallygate.Server.Telemetry;

/// <summary>
/// The text of a log line: <c>ts=… level=info msg="…" key=value</c>. Values that the message already spells out are not repeated.
/// </summary>
internal static class LogLine
{
    private const string Template = "{OriginalFormat}";

    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Format(
        bool json, DateTimeOffset time, LogLevel level, string message, IReadOnlyList<KeyValuePair<string, object?>>? values, Exception? problem)
    {
        var fields = new List<(string Key, string Value)>
        {
            ("ts", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)),
            ("level", level switch { LogLevel.Trace or LogLevel.Debug => "debug", LogLevel.Information => "info", LogLevel.Warning => "warn", _ => "error" }),
            ("msg", message),
        };
        if (values is not null)
        {
            var template = values.FirstOrDefault(v => v.Key == Template).Value as string ?? "";
            foreach (var (key, value) in values)
            {
                if (key != Template && !template.Contains("{" + key, StringComparison.OrdinalIgnoreCase))
                {
                    fields.Add((Snake(key), Text(value)));
                }
            }
        }

        if (problem is not null)
        {
            fields.Add(("err", level >= LogLevel.Error ? problem.ToString() : problem.Message));
        }

        return json ? Json(fields) : Logfmt(fields);
    }

    private static string Logfmt(List<(string Key, string Value)> fields)
    {
        var line = new StringBuilder();
        foreach (var (key, value) in fields)
        {
            if (line.Length > 0)
            {
                line.Append(' ');
            }

            line.Append(key).Append('=');
            if (value.Length > 0 && value.All(c => c > ' ' && c != '"' && c != '=' && c != '\\' && c < 0x7F))
            {
                line.Append(value);
            }
            else
            {
                Model.GoQuote.Append(line, value);
            }
        }

        return line.ToString();
    }

    private static string Json(List<(string Key, string Value)> fields)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            foreach (var (key, value) in fields)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static string Snake(string key)
    {
        var text = new StringBuilder();
        foreach (var c in key)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
