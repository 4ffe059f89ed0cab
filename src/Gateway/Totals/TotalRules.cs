using System.Buffers;
using System.Text.Json;
using Tallygate.Gateway.Folds;
using Tallygate.Model;

namespace Tallygate.Gateway.Totals;

/// <summary>The declared totals as the body of a Configure entry: JSON, so that the log is readable without this program.</summary>
internal static class TotalRules
{
    /// <summary>The rules as bytes; equal rules in the same order give equal bytes.</summary>
    public static byte[] Write(IReadOnlyList<TotalRule> rules)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("totals"u8);
            foreach (var rule in rules)
            {
                json.WriteStartObject();
                json.WritePropertyName("match"u8);
                MatcherJson.Write(json, rule.Matchers);
                json.WriteString("kind"u8, rule.Kind.ToString().ToLowerInvariant());
                json.WriteStartArray(rule.By ? "by"u8 : "without"u8);
                foreach (var label in rule.Labels)
                {
                    json.WriteStringValue(label);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; null where it is something else, a later program's say.</summary>
    public static List<TotalRule>? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("totals"u8, out var totals) ? [.. totals.EnumerateArray().Select(Rule)] : null;
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            return null;
        }
    }

    private static TotalRule Rule(JsonElement json)
    {
        var by = json.TryGetProperty("by"u8, out var labels);
        labels = by ? labels : json.GetProperty("without"u8);
        return new TotalRule
        {
            Matchers = MatcherJson.Read(json.GetProperty("match"u8)),
            Kind = Enum.Parse<TotalKind>(json.GetProperty("kind"u8).GetString()!, ignoreCase: true),
            By = by,
            Labels = [.. labels.EnumerateArray().Select(static l => l.GetString()!)],
        };
    }
}
