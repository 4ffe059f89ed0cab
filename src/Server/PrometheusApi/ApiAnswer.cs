using System.Text.Json;

namespace Tallygate.Server.PrometheusApi;

/// <summary>An answer with data: how to write it, and what the asker should be told.</summary>
/// <param name="Write">Writes the value of <c>data</c>; the second argument sends on what was written so far.</param>
internal sealed record ApiAnswer(Func<Utf8JsonWriter, Func<ValueTask>, ValueTask> Write)
{
    /// <summary>An answer without data, not even an empty list.</summary>
    public static ApiAnswer WithoutData { get; } = Of(static _ => { }) with { HasData = false };

    public bool HasData { get; init; } = true;

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public IReadOnlyList<string> Infos { get; init; } = [];

    /// <summary>An answer that is small enough to be written in one go.</summary>
    public static ApiAnswer Of(Action<Utf8JsonWriter> write) => new((json, _) =>
    {
        write(json);
        return ValueTask.CompletedTask;
    });

    /// <summary>A list of texts.</summary>
    public static ApiAnswer Texts(IEnumerable<string> texts) => Of(json =>
    {
        json.WriteStartArray();
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    });
}
