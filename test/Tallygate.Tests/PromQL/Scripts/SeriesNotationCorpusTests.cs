using System.Text.Json;
using Tallygate.Model;
using Tallygate.PromQL.Scripts;
using Tallygate.Testing;

namespace Tallygate.Tests.PromQL.Scripts;

public sealed class SeriesNotationCorpusTests
{
    [Fact]
    public void Series_are_read_as_they_should()
    {
        if (Corpora.PathOf("promql/series-notation-cases.jsonl") is not { } file)
        {
            Assert.Skip("the conformance data is not here");
            return;
        }

        var wrong = new List<string>();
        foreach (var line in File.ReadLines(file))
        {
            using var document = JsonDocument.Parse(line);
            if (Check(document.RootElement) is { } problem)
            {
                wrong.Add($"{document.RootElement.GetProperty("name").GetString()}: {problem}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string? Check(JsonElement entry)
    {
        // Sums and the printing of native histograms come with their arithmetic.
        if (!entry.TryGetProperty("input", out var input) || input.GetString()!.Contains("}}+", StringComparison.Ordinal))
        {
            return null;
        }

        var parses = SeriesNotation.TryParse(input.GetString()!, out var series, out var error);
        if (parses != (entry.GetProperty("outcome").GetString() == "ok"))
        {
            return $"{input}: {error ?? "was read"}";
        }

        if (!parses)
        {
            return null;
        }

        if (!entry.TryGetProperty("labels", out var expectedLabels))
        {
            return null;
        }

        var labels = new LabelsBuilder();
        foreach (var label in expectedLabels.EnumerateObject())
        {
            labels.Set(label.Name, label.Value.GetString()!);
        }

        if (!labels.ToLabels().Equals(series!.Labels))
        {
            return $"{input}: labels {series.Labels}";
        }

        if (!entry.TryGetProperty("values", out var values))
        {
            return null;
        }

        var expected = values.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? SequenceValue.Omitted : new(false, Number(v)));
        return expected.SequenceEqual(series.Values) ? null : $"{input}: {string.Join(' ', series.Values)}";
    }

    private static double Number(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number ? element.GetDouble() : FloatText.TryParse(element.GetString(), out var value) ? value : 0;
}
