using System.IO.Compression;
using System.Net;
using System.Text;
using Tallygate.Model;
using Tallygate.Scrape;
using Tallygate.Scrape.Relabeling;

namespace Tallygate.Tests.Scrape;

public class ScrapeTests
{
    private readonly ScrapeBench _bench = new();

    [Fact]
    public void Samples_get_the_labels_of_the_target_and_the_time_of_the_slot()
    {
        _bench.Load(ScrapeBench.Job);
        _bench.Scrape(0, "m{a=\"b\"} 1\n");
        _bench.Scrape(10_002, "m{a=\"b\"} 2\n");
        _bench.Scrape(20_003, "m{a=\"b\"} 3\n");
        Assert.Equal(
            [
                "m{a=\"b\", instance=\"target:9091\", job=\"job\"} 1 @0",
                "m{a=\"b\", instance=\"target:9091\", job=\"job\"} 2 @10000",
                "m{a=\"b\", instance=\"target:9091\", job=\"job\"} 3 @20003",
            ],
            _bench.Samples());
    }

    [Fact]
    public void The_page_of_a_gateway_keeps_its_labels_with_honor_labels_and_exports_them_without()
    {
        const string Page = """
            # TYPE records_processed gauge
            records_processed{instance="",job="myjob"} 381
            push_time_seconds{instance="",job="myjob"} 1.6e9
            push_time_seconds{instance="host1",job="other"} 1.7e9

            """;
        _bench.Load(ScrapeBench.Job with { JobName = "pushgateway", HonorLabels = true });
        _bench.Scrape(0, Page);
        Assert.Equal(
            [
                "push_time_seconds{instance=\"host1\", job=\"other\"} 1700000000 @0",
                "push_time_seconds{job=\"myjob\"} 1600000000 @0",
                "records_processed{job=\"myjob\"} 381 @0",
            ],
            _bench.Samples());
        Assert.Equal(["up{instance=\"target:9091\", job=\"pushgateway\"} 1 @0"], _bench.Samples("up"));

        var other = new ScrapeBench();
        other.Load(ScrapeBench.Job with { JobName = "pushgateway" });
        other.Scrape(0, Page);
        Assert.Equal(
            [
                "push_time_seconds{exported_instance=\"host1\", exported_job=\"other\", instance=\"target:9091\", job=\"pushgateway\"} 1700000000 @0",
                "push_time_seconds{exported_job=\"myjob\", instance=\"target:9091\", job=\"pushgateway\"} 1600000000 @0",
                "records_processed{exported_job=\"myjob\", instance=\"target:9091\", job=\"pushgateway\"} 381 @0",
            ],
            other.Samples());
    }

    [Fact]
    public void A_label_that_is_exported_already_gets_the_prefix_again() => Assert.Equal(
        "{__name__=\"m\", exported_exported_job=\"a\", exported_job=\"b\", job=\"t\"}",
        SampleLabels.Merge(
            Labels.Of("__name__", "m", "job", "a", "exported_job", "b"), Labels.Of("job", "t"), honor: false, Relabeler.None)!.ToString());

    [Fact]
    public void Every_scrape_says_how_it_went()
    {
        _bench.Load(ScrapeBench.Job with
        {
            MetricRelabelConfigs = [new RelabelConfig { Action = RelabelAction.Drop, SourceLabels = ["__name__"], Regex = "drop.*" }],
        });
        _bench.Scrape(0, "a 1\nb 2\ndropped 3\n");
        _bench.Scrape(10_000, "a 1\nc 2\ndropped 3\n");
        var last = _bench.All().Where(static s => s.Time == 10_000).ToDictionary(static s => s.Labels.Name, static s => s.Value);
        Assert.Equal(1, last["up"]);
        Assert.Equal(3, last["scrape_samples_scraped"]);
        Assert.Equal(2, last["scrape_samples_post_metric_relabeling"]);
        Assert.Equal(1, last["scrape_series_added"]);
        Assert.True(last["scrape_duration_seconds"] >= 0);
        Assert.DoesNotContain("dropped", last.Keys);
    }

    [Fact]
    public void A_series_that_is_no_longer_shown_ends_and_may_come_back()
    {
        _bench.Load(ScrapeBench.Job with { HonorLabels = true });
        _bench.Scrape(0, "a{instance=\"\",job=\"\"} 1\nb{instance=\"\",job=\"\"} 1\n");
        _bench.Scrape(10_000, "a{instance=\"\",job=\"\"} 2\n");
        _bench.Scrape(20_000, "a{instance=\"\",job=\"\"} 3\nb{instance=\"\",job=\"\"} 3\n");
        Assert.Equal(["a{} 1 @0", "a{} 2 @10000", "a{} 3 @20000", "b{} 1 @0", "b{} stale @10000", "b{} 3 @20000"], _bench.Samples());
    }

    [Fact]
    public void A_series_written_another_way_is_the_same_series()
    {
        _bench.Load(ScrapeBench.Job with { HonorLabels = true });
        _bench.Scrape(0, "a{x=\"1\",instance=\"\",job=\"\"} 1\n");
        _bench.Scrape(10_000, "a{instance=\"\",job=\"\",x=\"1\"} 2\n");
        Assert.Equal(["a{x=\"1\"} 1 @0", "a{x=\"1\"} 2 @10000"], _bench.Samples());
        Assert.Equal(0, _bench.All().Single(static s => s.Time == 10_000 && s.Labels.Name == "scrape_series_added").Value);
    }

    [Theory]
    [InlineData("status", "server returned HTTP status 502 Bad Gateway")]
    [InlineData("garbage", "")]
    [InlineData("type", "received unsupported Content-Type \"text/html\" and no fallback_scrape_protocol specified for target")]
    [InlineData("limit", "sample limit exceeded")]
    [InlineData("size", "body size limit exceeded")]
    [InlineData("gone", "Get \"http://target:9091/metrics\": refused")]
    [InlineData("timeout", "Get \"http://target:9091/metrics\": context deadline exceeded")]
    public void A_scrape_that_fails_writes_none_of_its_samples_and_ends_all_series(string how, string error)
    {
        _bench.Load(ScrapeBench.Job with { SampleLimit = 2, BodySizeLimit = 100 });
        _bench.Scrape(0, "a 1\nb 1\n");
        _bench.Transport.Answer = FailingAnswer(how);
        _bench.Manager.Step(10_000);
        Assert.Equal(TargetHealth.Down, _bench.Manager.Targets[0].Health);
        Assert.StartsWith(error, _bench.Manager.Targets[0].LastError, StringComparison.Ordinal);
        _bench.Scrape(20_000, "a 3\n");
        string Line(string name, string value) => $"{name}{{instance=\"target:9091\", job=\"job\"}} {value}";
        Assert.Equal(
            [Line("a", "1 @0"), Line("a", "stale @10000"), Line("a", "3 @20000"), Line("b", "1 @0"), Line("b", "stale @10000")],
            _bench.Samples());
        Assert.Equal([Line("up", "1 @0"), Line("up", "0 @10000"), Line("up", "1 @20000")], _bench.Samples("up"));
    }

    [Fact]
    public void Own_timestamps_are_taken_over_unless_they_lie_far_ahead_and_get_no_markers()
    {
        _bench.Load(ScrapeBench.Job);
        _bench.Scrape(20_000, "a 1 15000\nb 1 700000\n");
        _bench.Scrape(30_000, "");
        Assert.Equal(["a{instance=\"target:9091\", job=\"job\"} 1 @15000"], _bench.Samples());
        Assert.Equal(1, _bench.Manager.Statistics.OutOfBounds);
    }

    [Fact]
    public void Own_timestamps_can_be_ignored()
    {
        _bench.Load(ScrapeBench.Job with { HonorTimestamps = false });
        _bench.Scrape(20_000, "a 1 15000\n");
        _bench.Scrape(30_000, "");
        Assert.Equal(
            ["a{instance=\"target:9091\", job=\"job\"} 1 @20000", "a{instance=\"target:9091\", job=\"job\"} stale @30000"], _bench.Samples());
    }

    [Fact]
    public void The_request_is_the_one_that_Prometheus_makes()
    {
        _bench.Load(ScrapeBench.Job with
        {
            Scheme = "https",
            MetricsPath = "/m",
            Params = [new("x", "1"), new("x", "2 3"), new("y", "z")],
            Timeout = TimeSpan.FromSeconds(1.5),
            Authorization = ScrapeAuthorization.Basic("user", "secret"),
        });
        _bench.Scrape(0, "");
        Assert.Equal("https://target:9091/m?x=1&x=2%203&y=z", _bench.Transport.Requests[0].RequestUri!.AbsoluteUri);
        Assert.Equal("1.5", _bench.Transport.Header("X-Prometheus-Scrape-Timeout-Seconds"));
        Assert.Equal("gzip", _bench.Transport.Header("Accept-Encoding"));
        Assert.Equal("dXNlcjpzZWNyZXQ=", _bench.Transport.Authorization!.Parameter);
        Assert.DoesNotContain("dXN", ScrapeAuthorization.Basic("user", "secret").ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Packed_answers_are_unpacked()
    {
        _bench.Load(ScrapeBench.Job);
        _bench.Transport.Answer = static _ =>
        {
            using var packed = new MemoryStream();
            using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
            {
                gzip.Write(Encoding.UTF8.GetBytes("a 1\n" + string.Concat(Enumerable.Repeat("# padding\n", 20_000))));
            }

            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(packed.ToArray()) };
            response.Content.Headers.TryAddWithoutValidation("Content-Type", StubTransport.TextType);
            response.Content.Headers.ContentEncoding.Add("gzip");
            return response;
        };
        _bench.Manager.Step(0);
        Assert.Single(_bench.Samples());
    }

    [Fact]
    public void OpenMetrics_is_read_by_its_content_type()
    {
        _bench.Load(ScrapeBench.Job with { HonorLabels = true });
        _bench.Transport.Answer = static _ => StubTransport.Text(
            "# TYPE a counter\na_total{instance=\"\",job=\"\"} 5\n# EOF\n", "application/openmetrics-text; version=1.0.0; charset=utf-8");
        _bench.Manager.Step(0);
        Assert.Equal(["a_total{} 5 @0"], _bench.Samples());
    }

    [Fact]
    public void The_fallback_format_serves_targets_that_do_not_say_theirs()
    {
        _bench.Load(ScrapeBench.Job with { FallbackProtocol = "PrometheusText0.0.4" });
        _bench.Transport.Answer = static _ => StubTransport.Text("a 1\n", "");
        _bench.Manager.Step(0);
        Assert.Single(_bench.Samples());
    }

    [Fact]
    public void What_targets_say_of_their_families_can_be_asked()
    {
        _bench.Load(ScrapeBench.Job);
        _bench.Scrape(0, "# HELP a counts\n# TYPE a counter\na 1\n");
        var family = Assert.Single(Assert.Single(_bench.Manager.Metadata).Families);
        Assert.Equal(new FamilyDescription("a", MetricType.Counter, "counts", ""), family);
    }

    [Fact]
    public void A_scrape_that_shows_known_series_allocates_nothing_per_sample()
    {
        var few = BytesPerScrape(100);
        var many = BytesPerScrape(1_100);
        Assert.True(many - few < 1000, $"{few} bytes for 100 series, {many} for 1,100");
    }

    private static long BytesPerScrape(int series)
    {
        var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, series).Select(static i => $"m{{i=\"{i}\"}} {i}\n")));
        var cache = new ScrapeCache();
        var settings = new ScrapeSettings(ScrapeBench.Job, Relabeler.None, null!);
        var pool = new Tallygate.Exposition.Utf8StringPool();
        var appender = new CountingAppender();
        long bytes = 0;
        for (var round = 0; round < 4; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var report = default(ScrapeReport);
            cache.Begin();
            new ScrapeIngest(settings, Labels.Of("job", "j"), cache, new FamilyMetadata(), appender, round).Run(body, ScrapeBody.Text, pool, ref report);
            cache.End();
            bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal((null, series), (report.Error, report.Scraped));
        }

        Assert.Equal(4 * series, appender.Count);
        return bytes;
    }

    private static Func<HttpRequestMessage, HttpResponseMessage> FailingAnswer(string how) => how switch
    {
        "status" => static _ => new HttpResponseMessage(HttpStatusCode.BadGateway),
        "garbage" => static _ => StubTransport.Text("a 2\nb {{{\n"),
        "type" => static _ => StubTransport.Text("a 2\n", "text/html"),
        "limit" => static _ => StubTransport.Text("a 2\nb 2\nc 2\n"),
        "size" => static _ => StubTransport.Text("a 2\n" + new string('\n', 100)),
        "gone" => static _ => throw new HttpRequestException("refused"),
        _ => static _ => throw new OperationCanceledException(),
    };
}
