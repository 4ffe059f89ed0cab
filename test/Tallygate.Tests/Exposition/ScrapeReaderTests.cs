using System.Text;
using System.Text.Json;
using CsCheck;
using Tallygate.Exposition;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Exposition.Text;
using Tallygate.Model;
using Tallygate.Testing;

namespace Tallygate.Tests.Exposition;

/// <summary>The two readers for scrapes, by the same corpora and the same rules.</summary>
public sealed class ScrapeReaderTests
{
    private readonly Utf8StringPool _pool = new();

    public static TheoryData<string, string> Documents => CorpusCase.Of("text/scrape-docs.jsonl", "openmetrics/scrape-docs.jsonl");

    public static TheoryData<string, string> Lines => CorpusCase.Of("text/scrape-lines.jsonl", "openmetrics/scrape-lines.jsonl");

    public static TheoryData<string, string> RealDocuments => DocumentsOf("docs-index.jsonl");

    public static TheoryData<string, string> Suite => DocumentsOf("openmetrics/index.jsonl");

    [Theory]
    [MemberData(nameof(Documents))]
    public void Reads_the_documents_of_the_corpus(string file, string name)
    {
        var test = CorpusCase.Get(file, name);
        var only = test.TryGetProperty("compare_only", out var fields) ? fields.EnumerateArray().Select(f => f.GetString()).ToHashSet() : null;
        var expected = test.GetProperty("entries").EnumerateArray().Select(e => Show(e, only)).ToArray();
        var read = ReadAll(file, CorpusCase.Input(test), out var error);
        Assert.Equal("", error.Message ?? "");

        // Lines ending in _created are samples here; the corpus turns them into start times.
        var created = test.TryGetProperty("created_lines_become_start_timestamps", out var flag) && flag.GetBoolean();
        var actual = read.Where(e => !created || !e.IsCreated).Select(e => Show(e, only)).ToArray();
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public void Accepts_and_refuses_the_lines_of_the_corpus(string file, string name)
    {
        var test = CorpusCase.Get(file, name);
        ReadAll(file, CorpusCase.Input(test), out var error);
        Assert.Equal(test.GetProperty("outcome").GetString(), error.Message is null ? "ok" : "fail");
        if (error.Message is not null && !test.TryGetProperty("error_text_is_go_specific", out _))
        {
            // The reason is upstream's; how much of the input it quotes is not.
            var reason = test.GetProperty("error").GetString()!.Split(", got")[0].Split(" while parsing")[0];
            Assert.StartsWith(reason, error.Message);
        }
    }

    [Theory]
    [MemberData(nameof(RealDocuments))]
    public void Reads_every_sample_of_real_documents(string index, string file)
    {
        var entry = Indexed(index, file);
        var entries = ReadAll(file, CorpusCase.ReadFile(file), out var error);
        Assert.Null(error.Message);
        Assert.Equal(entry.GetProperty("samples").GetInt32(), entries.Count(e => e.Kind == ExpositionEntryKind.Series));
        foreach (var type in entry.GetProperty("type_lines").EnumerateObject())
        {
            Assert.Equal(type.Value.GetInt32(), entries.Count(e => e.Kind == ExpositionEntryKind.Type && e.Text == type.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Suite))]
    public void Is_as_strict_about_openmetrics_as_prometheus(string index, string file)
    {
        var entry = Indexed(index, file);
        ReadAll("openmetrics/", CorpusCase.ReadFile("openmetrics/" + file), out var error);
        if (entry.GetProperty("outcome").GetString() == "ok")
        {
            Assert.Null(error.Message);
        }
        else if (entry.GetProperty("prometheus_2_42_scrape").GetString() != "accepts" && !AcceptedByPrometheus3(file))
        {
            Assert.NotNull(error.Message);
        }
    }

    /// <summary>Prometheus 3 takes exemplars on every sample and a comma after the last label, which 2.42 refused.</summary>
    private static bool AcceptedByPrometheus3(string file) =>
        file.Contains("exemplars_on_unallowed", StringComparison.Ordinal) || file.EndsWith("bad_missing_or_extra_commas_2.txt", StringComparison.Ordinal);

    [Fact]
    public void A_label_that_stands_twice_fails_the_scrape()
    {
        ReadAll("text/", "a{x=\"1\",x=\"2\"} 1\n"u8.ToArray(), out var error);
        Assert.Equal("label name \"x\" is not unique: invalid sample", error.Message);
    }

    [Fact]
    public void An_error_tells_line_and_column()
    {
        ReadAll("text/", "a 1\n  b x\n"u8.ToArray(), out var error);
        Assert.Equal((2, 6), (error.Line, error.Column));
    }

    [Fact]
    public void Infinities_in_le_are_normalised_and_other_types_are_left_alone()
    {
        var read = ReadAll("text/", "# TYPE h histogram\nh_bucket{le=\"+inf\"} 1\nh_bucket{le=\"1e6\"} 1\n# TYPE g gauge\ng{le=\"1\"} 1\n"u8.ToArray(), out _);
        Assert.Equal(["+Inf", "1e+06", "1"], read.Where(e => e.Kind == ExpositionEntryKind.Series).Select(e => e.Labels!.Get("le")));
    }

    [Fact]
    public void An_instance_without_value_is_kept()
    {
        var read = ReadAll("text/", "a{instance=\"\"} 1\n"u8.ToArray(), out _);
        Assert.True(Assert.Single(read).Labels!.Has("instance"));
    }

    [Fact]
    public void No_change_of_any_bytes_throws()
    {
        var bodies = Documents.Concat(Lines).Select(row => row.Data).Where(d => d.Item2.Length > 0)
            .Select(d => (d.Item1, CorpusCase.Input(CorpusCase.Get(d.Item1, d.Item2)))).Append(("text/", PushBody.Utf8)).ToArray();
        const string Interesting = "{}\",\\=#\n\r\t 1a:_\0\xff+-.eE";
        Gen.Select(Gen.OneOf(bodies), Gen.Int[0, 100_000], Gen.OneOf(Interesting.ToCharArray()), Gen.Int[0, 3]).Sample((body, at, with, kind) =>
        {
            var changed = body.Item2.ToList();
            at %= changed.Count + 1;
            switch (kind)
            {
                case 0 when at < changed.Count: changed[at] = (byte)with; break;
                case 1 when at < changed.Count: changed.RemoveAt(at); break;
                case 2: changed.RemoveRange(at, changed.Count - at); break;
                default: changed.Insert(at, (byte)with); break;
            }

            ReadAll(body.Item1, changed.ToArray(), out _);
        }, iter: 5_000);
    }

    [Fact]
    public void Reading_samples_without_their_labels_allocates_nothing_per_sample()
    {
        var body = PushBody.Utf8;
        var least = Allocations.Least(() =>
        {
            var reader = new PrometheusTextReader(body, _pool);
            while (reader.Read(out _))
            {
            }
        });

        Assert.InRange(least, 1, 400);
    }

    private List<Seen> ReadAll(string file, byte[] body, out ExpositionError error)
    {
        var seen = new List<Seen>();
        var type = MetricType.Untyped;
        if (file.StartsWith("openmetrics", StringComparison.Ordinal))
        {
            var reader = new OpenMetricsReader(body, _pool);
            while (reader.Read(out var entry))
            {
                var labels = Labels.Empty;
                if (entry.Kind == ExpositionEntryKind.Series && !reader.TryGetLabels(out labels))
                {
                    break;
                }

                seen.Add(Seen.Of(entry, labels, ref type));
            }

            error = reader.Error;
            return seen;
        }

        var text = new PrometheusTextReader(body, _pool);
        while (text.Read(out var entry))
        {
            var labels = Labels.Empty;
            if (entry.Kind == ExpositionEntryKind.Series && !text.TryGetLabels(out labels))
            {
                break;
            }

            seen.Add(Seen.Of(entry, labels, ref type));
        }

        error = text.Error;
        return seen;
    }

    private static TheoryData<string, string> DocumentsOf(string index)
    {
        var data = new TheoryData<string, string>();
        if (Tallygate.Testing.Corpora.PathOf("exposition/" + index) is not { } path)
        {
            data.Add(index, "");
            return data;
        }

        foreach (var line in File.ReadLines(path))
        {
            using var json = JsonDocument.Parse(line);
            data.Add(index, json.RootElement.GetProperty("file").GetString()!);
        }

        return data;
    }

    private static JsonElement Indexed(string index, string file)
    {
        Assert.SkipWhen(file.Length == 0, "the corpora are not here");
        var line = File.ReadLines(Tallygate.Testing.Corpora.PathOf("exposition/" + index)!)
            .First(l => JsonDocument.Parse(l).RootElement.GetProperty("file").GetString() == file);
        return JsonDocument.Parse(line).RootElement;
    }

    private static string Show(JsonElement entry, HashSet<string?>? only)
    {
        var shown = new StringBuilder(entry.GetProperty("kind").GetString());
        foreach (var name in (string[])["raw_metric", "metric", "text", "type", "unit", "labels", "value", "timestamp_ms", "exemplars"])
        {
            if (!entry.TryGetProperty(name, out var value) || (only is not null && !only.Contains(name)))
            {
                continue;
            }

            shown.Append($" {name}=").Append(name switch
            {
                "labels" => ShowLabels(value),
                "value" => CorpusCase.Number(value).ToString("R"),
                "timestamp_ms" => value.GetInt64().ToString(),
                "exemplars" => string.Join(';', value.EnumerateArray().Select(e =>
                    $"{ShowLabels(e.GetProperty("labels"))} {CorpusCase.Number(e.GetProperty("value")):R}"
                    + (e.TryGetProperty("timestamp_ms", out var time) ? $" {time.GetInt64()}" : ""))),
                _ => value.GetString(),
            });
        }

        return shown.ToString();
    }

    private static string ShowLabels(JsonElement labels) =>
        Labels.From(labels.EnumerateObject().Select(p => new Label(p.Name, p.Value.GetString()!)).ToArray()).ToString();

    private static string Show(Seen e, HashSet<string?>? only)
    {
        var shown = new StringBuilder(e.Kind == ExpositionEntryKind.Series ? "sample" : e.Kind.ToString().ToLowerInvariant());
        void Add(string name, string? value)
        {
            if (value is not null && (only is null || only.Contains(name)))
            {
                shown.Append($" {name}={value}");
            }
        }

        Add("raw_metric", e.Series);
        Add("metric", e.Metric);
        Add("text", e.Kind is ExpositionEntryKind.Help or ExpositionEntryKind.Comment ? e.Text : null);
        Add("type", e.Kind == ExpositionEntryKind.Type ? e.Text : null);
        Add("unit", e.Kind == ExpositionEntryKind.Unit ? e.Text : null);
        if (e.Kind == ExpositionEntryKind.Series)
        {
            Add("labels", e.Labels!.ToString());
            Add("value", e.Value.ToString("R"));
            Add("timestamp_ms", e.TimestampMs?.ToString());
            Add("exemplars", e.Exemplar is not { } x ? null
                : $"{x.Labels} {x.Value:R}" + (x.TimestampUnixNano is { } t ? $" {t / 1_000_000}" : ""));
        }

        return shown.ToString();
    }

    private sealed record Seen(
        ExpositionEntryKind Kind, string? Metric, string? Text, string? Series, Labels? Labels, double Value, long? TimestampMs, Exemplar? Exemplar)
    {
        public bool IsCreated { get; private init; }

        public static Seen Of(ExpositionEntry entry, Labels labels, ref MetricType type)
        {
            type = entry.Kind == ExpositionEntryKind.Type ? entry.Type : type;
            var text = entry.Kind == ExpositionEntryKind.Type ? (entry.Type == MetricType.Untyped ? "unknown" : entry.Type.ToString().ToLowerInvariant())
                : entry.Text;
            return new Seen(
                entry.Kind, entry.Metric, text, entry.Kind == ExpositionEntryKind.Series ? Encoding.UTF8.GetString(entry.Series) : null,
                labels, entry.Value, entry.TimestampMs, entry.Exemplar)
            {
                IsCreated = labels.Name.EndsWith("_created", StringComparison.Ordinal)
                    && type is MetricType.Counter or MetricType.Summary or MetricType.Histogram,
            };
        }
    }
}
