using System.Buffers;
using System.Net;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Exposition.Protobuf;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Scrape;
using Tallygate.Tests.Storage;
using Tallygate.Tsdb;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Scrape;

/// <summary>Scrapes into a real database: exemplars, metadata and protobuf.</summary>
public sealed class ExemplarScrapeTests : IDisposable
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private readonly StubTransport _transport = new();
    private readonly Database _database = Database.InMemory(
        DatabaseOptions.Samples with { MaxAhead = null, Retention = null, MaxExemplars = 100, KeepMetadata = true }, new FakeTimeProvider());

    private readonly ScrapeManager _manager;

    public ExemplarScrapeTests() => _manager = new ScrapeManager(new ScrapeManagerOptions { Transport = _ => _transport }, _database, TimeProvider.System);

    public void Dispose() => _database.Dispose();

    private static Exemplar Trace(string id, double value, long? ms) => new(Labels.Of("trace_id", id), value, ms * 1_000_000);

    private static byte[] Delimited(params MetricFamily[] families)
    {
        var body = new ArrayBufferWriter<byte>();
        foreach (var family in families)
        {
            MetricFamilyCodec.WriteDelimited(body, family);
        }

        return body.WrittenSpan.ToArray();
    }

    private void Load(ScrapeDefinition definition) => Assert.Empty(_manager.Apply([definition], 0));

    private void Scrape(long now, byte[] body, string type)
    {
        _transport.Answer = _ =>
        {
            var content = new ByteArrayContent(body);
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        };
        _manager.Step(now);
        Assert.Equal("", Assert.Single(_manager.Targets).LastError);
    }

    private List<string> Exemplars() =>
    [
        .. _database.SelectExemplars(long.MinValue, long.MaxValue, [[new LabelMatcher(MatchType.NotEqual, "__name__", "")]])
            .SelectMany(static s => s.Exemplars.Select(e => FormattableString.Invariant($"{s.Series.Name} {s.Series.Get("le")}|{e.Labels.Get("trace_id")} {e.Value} @{e.Time}"))),
    ];

    private List<string> Samples() =>
    [
        .. StorageReading.All(_database).Where(static s => s.Labels.Name != "up" && !s.Labels.Name.StartsWith("scrape_", StringComparison.Ordinal))
            .SelectMany(static s => s.Floats.Select(f => FormattableString.Invariant(
                $"{s.Labels.WithoutName().Without("job").Without("instance")} {s.Labels.Name} {(StaleMarker.Is(f.Value) ? "stale" : f.Value)} @{f.Time}"))),
    ];

    [Fact]
    public void Exemplars_of_OpenMetrics_come_with_their_series_and_are_taken_once()
    {
        var body = """
            # TYPE a counter
            # HELP a How many.
            a_total{x="1"} 5 # {trace_id="t1"} 0.5 7.25
            a_total{x="2"} 6 # {trace_id="t2"} 0.7
            # TYPE h histogram
            h_bucket{le="1"} 1 # {trace_id="t3"} 0.9 8
            h_bucket{le="+Inf"} 2
            # EOF

            """u8.ToArray();
        Load(ScrapeBench.Job);
        Scrape(10_000, body, OpenMetrics);
        Scrape(20_000, body, OpenMetrics);
        Assert.Equal(["a_total |t1 0.5 @7250", "a_total |t2 0.7 @10000", "h_bucket 1.0|t3 0.9 @8000"], Exemplars());
        Scrape(30_000, "a_total{x=\"1\"} 5 # {trace_id=\"old\"} 0.5 6\n# EOF\n"u8.ToArray(), OpenMetrics);
        Assert.Equal(1, _manager.Statistics.ExemplarsOutOfOrder);
        Assert.Equal(3, Exemplars().Count);
        Assert.Equal(new FamilyDescription("a", MetricType.Counter, "How many.", ""), _database.Metadata.Single(static m => m.Family == "a"));
    }

    [Fact]
    public void Protobuf_gives_the_series_that_text_gives()
    {
        MetricFamily[] families =
        [
            new()
            {
                Name = "c_total", Type = MetricType.Counter, Help = "c", Unit = "u",
                Metrics = [new Metric { Labels = Labels.Of("x", "1", "empty", ""), Payload = MetricPayload.Counter, Value = 3, Exemplar = Trace("t1", 1, 5000) }],
            },
            new()
            {
                Name = "s", Type = MetricType.Summary,
                Metrics =
                [
                    new Metric
                    {
                        Labels = Labels.Empty, Payload = MetricPayload.Summary,
                        Summary = new Summary { SampleCount = 4, SampleSum = 2.5, Quantiles = [new Quantile(0.5, 7)] },
                    },
                ],
            },
            new()
            {
                Name = "h", Type = MetricType.Histogram,
                Metrics =
                [
                    new Metric
                    {
                        Labels = Labels.Empty, Payload = MetricPayload.Histogram, TimestampMs = 9000,
                        Histogram = new Histogram { SampleCount = 4, SampleSum = 2, Buckets = [new ClassicBucket(1, 3, null, Trace("t2", 0.25, null))] },
                    },
                ],
            },
        ];
        Load(ScrapeBench.Job);
        Scrape(10_000, Delimited(families), Protobuf);
        Assert.Equal(
            [
                "{x=\"1\"} c_total 3 @10000",
                "{le=\"+Inf\"} h_bucket 4 @9000",
                "{le=\"1.0\"} h_bucket 3 @9000",
                "{} h_count 4 @9000",
                "{} h_sum 2 @9000",
                "{quantile=\"0.5\"} s 7 @10000",
                "{} s_count 4 @10000",
                "{} s_sum 2.5 @10000",
            ],
            Samples());
        Assert.Equal(["c_total |t1 1 @5000", "h_bucket 1.0|t2 0.25 @9000"], Exemplars());
        Assert.Equal(new FamilyDescription("c_total", MetricType.Counter, "c", "u"), _database.Metadata.Single(static m => m.Family == "c_total"));

        // What is not shown any more ends, whatever the format that had shown it.
        Scrape(20_000, Delimited(families[0]), Protobuf);
        Assert.Contains("{} s_sum stale @20000", Samples());
    }

    [Fact]
    public void Native_histograms_come_where_they_are_wanted_with_exemplars_that_have_times()
    {
        var histogram = new Histogram
        {
            SampleCount = 4,
            SampleSum = 2,
            Schema = 0,
            ZeroThreshold = 0.001,
            ZeroCount = 1,
            PositiveSpans = [new BucketSpan(0, 2)],
            PositiveDeltas = [1, 1],
            Buckets = [new ClassicBucket(1, 3, null, Trace("bucket", 1, 1000))],
            Exemplars = [Trace("late", 3, 4000), Trace("none", 1, null), Trace("early", 2, 3000)],
        };
        var body = Delimited(new MetricFamily
        {
            Name = "n",
            Type = MetricType.Histogram,
            Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Histogram, Histogram = histogram }],
        });
        Load(ScrapeBench.Job);
        Scrape(10_000, body, Protobuf);
        Assert.Equal(["n_bucket", "n_bucket", "n_count", "n_sum"], StorageReading.All(_database).Select(static s => s.Labels.Name).Where(static n => n[0] == 'n'));
        Assert.Equal(["n_bucket 1.0|bucket 1 @1000"], Exemplars());

        Load(ScrapeBench.Job with { NativeHistograms = true });
        Scrape(20_000, body, Protobuf);
        Scrape(30_000, body, Protobuf);
        var native = StorageReading.All(_database).Single(static s => s.Labels.Name == "n").Samples;
        Assert.Equal([20_000L, 30_000], native.Select(static h => h.Time));
        Assert.Equal((4.0, 2.0, 1.0), (native[0].Histogram!.Count, native[0].Histogram!.Sum, native[0].Histogram!.ZeroCount));
        Assert.Equal([1.0, 2.0], native[0].Histogram!.PositiveBuckets);
        Assert.Equal(["n |early 2 @3000", "n |late 3 @4000", "n_bucket 1.0|bucket 1 @1000"], Exemplars());
        Assert.Contains("{} n_count stale @20000", Samples());

        Load(ScrapeBench.Job with { NativeHistograms = true, AlwaysClassicHistograms = true });
        Scrape(40_000, body, Protobuf);
        Assert.Contains("{} n_count 4 @40000", Samples());
    }

    [Fact]
    public void A_damaged_protobuf_body_fails_the_scrape_whole()
    {
        Load(ScrapeBench.Job);
        var body = Delimited(new MetricFamily
        {
            Name = "g",
            Type = MetricType.Gauge,
            Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Gauge, Value = 1 }],
        });
        _transport.Answer = _ =>
        {
            var content = new ByteArrayContent(body[..^1]);
            content.Headers.TryAddWithoutValidation("Content-Type", Protobuf);
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
        };
        _manager.Step(10_000);
        Assert.Equal((TargetHealth.Down, "unexpected EOF"), (_manager.Targets[0].Health, _manager.Targets[0].LastError));
        Assert.Empty(Samples());
    }

    [Theory]
    [InlineData(null, "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,"
        + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2")]
    [InlineData("PrometheusProto PrometheusText0.0.4", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.4")]
    public void What_is_asked_for_follows_scrape_protocols(string? protocols, string accept)
    {
        Load(protocols is null ? ScrapeBench.Job : ScrapeBench.Job with { Protocols = protocols.Split(' ') });
        Scrape(10_000, "a 1\n"u8.ToArray(), "text/plain");
        Assert.Equal(accept, _transport.Requests[^1].Headers.NonValidated["Accept"].ToString());
    }

    [Theory]
    [InlineData("", "scrape_protocols cannot be empty")]
    [InlineData("PrometheusProto prometheusproto", "duplicated protocol in scrape_protocols, got [PrometheusProto prometheusproto]")]
    [InlineData("Text", "scrape_protocols: unknown scrape protocol Text, supported: [OpenMetricsText0.0.1 OpenMetricsText1.0.0 PrometheusProto PrometheusText0.0.4 PrometheusText1.0.0]")]
    public void Bad_protocols_are_refused_in_Prometheus_s_words(string protocols, string problem) => Assert.Equal(
        problem,
        Assert.Single(ScrapeCheck.Problems([ScrapeBench.Job with { Protocols = protocols.Split(' ', StringSplitOptions.RemoveEmptyEntries) }])).Message);
}
