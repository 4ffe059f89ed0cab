using System.Buffers;
using System.Text.Json;
using Tallygate.Model;

namespace Tallygate.Gateway.Folds;

/// <summary>
/// Pushed samples that are to be forgotten, as the body of a Forget entry: JSON, so that the log is readable without this program. What was
/// booked before the entry goes, what comes later stays.
/// </summary>
/// <param name="MinTime">The first time, Unix ms.</param>
/// <param name="MaxTime">The last time, Unix ms.</param>
/// <param name="Selectors">Which series: those that all matchers of any of them pick.</param>
internal sealed record ForgottenSamples(long MinTime, long MaxTime, IReadOnlyList<IReadOnlyList<LabelMatcher>> Selectors)
{
    /// <summary>The body.</summary>
    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("min_time"u8, MinTime);
            json.WriteNumber("max_time"u8, MaxTime);
            json.WriteStartArray("match"u8);
            foreach (var selector in Selectors)
            {
                MatcherJson.Write(json, selector);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a body.</summary>
    /// <exception cref="InvalidDataException">It is something else: going on would bring back what was deleted.</exception>
    public static ForgottenSamples Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            return new ForgottenSamples(
                root.GetProperty("min_time"u8).GetInt64(),
                root.GetProperty("max_time"u8).GetInt64(),
                [.. root.GetProperty("match"u8).EnumerateArray().Select(MatcherJson.Read)]);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException)
        {
            throw new InvalidDataException("an entry of the push log says that samples are to be forgotten, in a form that this program does not read", problem);
        }
    }
}
