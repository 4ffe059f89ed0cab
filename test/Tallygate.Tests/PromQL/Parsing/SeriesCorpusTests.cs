using System.Text.Json;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Parsing;

namespace Tallygate.Tests.PromQL.Parsing;

/// <summary>Every case of <c>series-notation-cases.jsonl</c>.</summary>
public sealed class SeriesCorpusTests
{
    private const string File = "series-notation-cases.jsonl";
    private static readonly IReadOnlyDictionary<string, JsonElement> Cases = PromQLCorpus.Cases(File);

    public static IEnumerable<TheoryDataRow<string>> Names => PromQLCorpus.Names(File);

    [Theory]
    [MemberData(nameof(Names))]
    public void Reads_and_prints_as_upstream_does(string name)
    {
        Assert.SkipWhen(name.Length == 0, "the corpus is not here");
        var given = Cases[name];
        if (given.TryGetProperty("kind", out _))
        {
            var histogram = Histogram(given.GetProperty("histogram"));
            Assert.Equal(given.GetProperty("printed").GetString(), histogram.ToNotation());
            var again = Parser.ParseSeriesDescription("{} " + histogram.ToNotation()).Values[0].Histogram!;
            Assert.Equal(histogram.ToString(), again.ToString());
            return;
        }

        var parses = Parser.TryParseSeriesDescription(given.GetProperty("input").GetString()!, out var description, out var errors);
        if (given.GetProperty("outcome").GetString() == "fail")
        {
            Assert.False(parses);
            if (given.TryGetProperty("error_contains", out var text) && !given.TryGetProperty("error_text_is_go_specific", out _))
            {
                Assert.Contains(text.GetString()!, errors[0].ToString(), StringComparison.Ordinal);
            }

            return;
        }

        Assert.True(parses, string.Join('\n', errors));
        if (given.TryGetProperty("labels", out var labels))
        {
            var expected = Labels.From([.. labels.EnumerateObject().Select(l => new Label(l.Name, l.Value.GetString()!))]);
            Assert.Equal(expected, description!.Labels);
        }

        if (given.TryGetProperty("values", out var values))
        {
            Assert.Equal(
                values.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? (double?)null : Number(v)),
                description!.Values.Select(v => v.Omitted ? (double?)null : v.Value));
        }

        if (given.TryGetProperty("histograms", out var histograms))
        {
            Assert.Equal(
                histograms.EnumerateArray().Select(h => Histogram(h).ToNotation()),
                description!.Values.Select(v => v.Histogram!.ToNotation()));
            Assert.All(description.Values, v => Assert.Equal(histograms[0].TryGetProperty("counter_reset_hint", out _), v.HintWasGiven));
        }
    }

    private static double Number(JsonElement value) => value.ValueKind == JsonValueKind.Number
        ? value.GetDouble()
        : value.GetString() switch { "NaN" => double.NaN, "-Inf" => double.NegativeInfinity, _ => double.PositiveInfinity };

    private static FloatHistogram Histogram(JsonElement given) => new()
    {
        Schema = given.TryGetProperty("schema", out var schema) ? schema.GetInt32() : 0,
        Count = Field(given, "count"),
        Sum = Field(given, "sum"),
        ZeroCount = Field(given, "zero_count"),
        ZeroThreshold = Field(given, "zero_threshold"),
        PositiveSpans = Spans(given, "positive_spans"),
        NegativeSpans = Spans(given, "negative_spans"),
        PositiveBuckets = List(given, "positive_buckets"),
        NegativeBuckets = List(given, "negative_buckets"),
        CustomValues = List(given, "custom_values"),
        CounterResetHint = given.TryGetProperty("counter_reset_hint", out var hint)
            ? hint.GetString() switch
            {
                "gauge" => CounterResetHint.Gauge,
                "reset" => CounterResetHint.CounterReset,
                "not_reset" => CounterResetHint.NotCounterReset,
                _ => CounterResetHint.Unknown,
            }
            : CounterResetHint.Unknown,
    };

    private static double Field(JsonElement given, string name) => given.TryGetProperty(name, out var value) ? Number(value) : 0;

    private static double[] List(JsonElement given, string name) =>
        given.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(Number)] : [];

    private static BucketSpan[] Spans(JsonElement given, string name) => given.TryGetProperty(name, out var list)
        ? [.. list.EnumerateArray().Select(s => new BucketSpan(s.GetProperty("offset").GetInt32(), s.GetProperty("length").GetUInt32()))]
        : [];
}
