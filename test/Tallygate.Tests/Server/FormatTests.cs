using System.Text;
using Tallygate.Exposition;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Exposition.Protobuf;
using Tallygate.Model;
using Tallygate.Server.Configuration;
using Tallygate.Tests.Exposition;

namespace Tallygate.Tests.Server;

/// <summary>Forms of pushes and scrapes over a real socket, and what survives the push log.</summary>
public sealed class FormatTests
{
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private const string Body = """
        # TYPE req_seconds counter
        # UNIT req_seconds seconds
        # HELP req_seconds Time spent.
        req_seconds_total 2.5 # {trace="x"} 0.5 1.7000000005e+09
        req_seconds_created 1.520430000125e+09
        # EOF

        """;

    private static readonly string OpenMetricsBody = Body.ReplaceLineEndings("\n");

    [Fact]
    public async Task OpenMetrics_goes_in_and_comes_out()
    {
        await using var server = await TestServer.StartAsync(new ServerOptions { EnableOpenMetrics = true });
        var (status, text, _) = await server.SendAsync("PUT", "/metrics/job/j", OpenMetricsBody, OpenMetrics);
        Assert.True(status == 200, text);
        var (_, page, response) = await server.SendAsync("GET", "/metrics", headers: ("Accept", "application/openmetrics-text;version=1.0.0"));
        Assert.Equal(OpenMetrics + "; escaping=underscores", response.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("\n# EOF\n", page);
        const string Lines = "# HELP req_seconds Time spent.\n# TYPE req_seconds counter\n# UNIT req_seconds seconds\n"
            + "req_seconds_total{instance=\"\",job=\"j\"} 2.5 # {trace=\"x\"} 0.5 1.7000000005e+09\n";
        Assert.Contains("\n" + Lines, page);
        Assert.DoesNotContain("_created", page.Split('\n').Where(l => l.StartsWith("req_", StringComparison.Ordinal)).Aggregate("", string.Concat));
        Assert.Contains(
            "\nreq_seconds_created{instance=\"\",job=\"j\"} 1.520430000125e+09\n",
            (await server.SendAsync("GET", "/metrics?format=openmetrics&created=true")).Body);

        // The text page has the counter under its own name, as a scraper of text knows it.
        Assert.Contains("\n# TYPE req_seconds_total counter\nreq_seconds_total{instance=\"\",job=\"j\"} 2.5\n", (await server.SendAsync("GET", "/metrics")).Body);

        // The whole page is what Prometheus reads as OpenMetrics.
        var reader = new OpenMetricsReader(Encoding.UTF8.GetBytes(page), new Utf8StringPool());
        while (reader.Read(out _))
        {
        }

        Assert.False(reader.Failed, reader.Error.Text);
    }

    [Fact]
    public async Task Semantics_21_openmetrics_comes_only_where_it_is_asked_for_by_name_or_switched_on()
    {
        await using var server = await TestServer.StartAsync();
        var (_, text, response) = await server.SendAsync("GET", "/metrics", headers: ("Accept", "application/openmetrics-text;version=1.0.0"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8; escaping=underscores", response.Content.Headers.ContentType!.ToString());
        Assert.DoesNotContain("# EOF", text);
        (_, text, response) = await server.SendAsync("GET", "/metrics?format=openmetrics");
        Assert.Equal(OpenMetrics + "; escaping=underscores", response.Content.Headers.ContentType!.ToString());
        Assert.EndsWith("# EOF\n", text);
    }

    [Fact]
    public async Task OpenMetrics_pushes_are_strict_and_change_nothing_where_they_are_refused()
    {
        await using var server = await TestServer.StartAsync();
        var (status, text, _) = await server.SendAsync("PUT", "/metrics/job/j", OpenMetricsBody.Replace("# EOF\n", ""), OpenMetrics);
        Assert.Equal(400, status);
        Assert.StartsWith("OpenMetrics parsing error in line 6: data does not end with # EOF\nline 6, column 1: was the body cut off?", text);
        Assert.Equal(0, server.Tallygate.Gateway.Groups.Count);
    }

    [Fact]
    public async Task With_no_push_openmetrics_they_are_read_as_text_as_upstream_does()
    {
        Assert.True(FlagTable.TryParse(["--no-push.openmetrics"], out var options, out var problem), problem);
        await using var server = await TestServer.StartAsync(options);
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j", "# TYPE a counter\na_total 5\n", OpenMetrics)).Status);
        Assert.Contains("# TYPE a_total untyped\n", (await server.SendAsync("GET", "/metrics")).Body);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task P93_P240_Exemplars_native_histograms_and_creation_times_survive_push_log_and_scrape(bool restart)
    {
        await using var server = await TestServer.StartAsync();
        using var content = new ByteArrayContent(Pushed());
        content.Headers.TryAddWithoutValidation("Content-Type", Protobuf);
        var pushed = await server.Client.PutAsync(new Uri("/metrics/job/j", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)pushed.StatusCode);
        var client = restart ? await server.RestartAsync() : server.Client;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.TryAddWithoutValidation("Accept", Protobuf);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.True(MetricFamilyCodec.TryReadDelimited(body, new Utf8StringPool(), out var families, out var error), error.Text);
        var expected = Families().Select(f => AnyFamily.Show(Stamped(f)));
        Assert.Equal(expected, families.Where(f => f.Name.StartsWith("my_", StringComparison.Ordinal)).Select(AnyFamily.Show));
    }

    [Theory]
    [InlineData("a 1\nb x\n", null, "text format parsing error in line 2: expected float as value, got \"x\"\nline 2, column 3")]
    [InlineData("a 1", null, "text format parsing error in line 1: unexpected end of input stream\nline 1, column 4: the body must end with a newline; was it cut off?")]
    [InlineData("\u0003abc", Protobuf, "proto: cannot parse invalid wire-format data\nbyte 1: message 1: metric family \"\": field 12 of MetricFamily")]
    [InlineData("\u0009abc", Protobuf, "unexpected EOF\nbyte 1: message 1: it announces 9 bytes and 3 follow; was the body cut off?")]
    public async Task Errors_tell_place_and_reason(string body, string? contentType, string text)
    {
        await using var server = await TestServer.StartAsync();
        var (status, answer, _) = await server.SendAsync("PUT", "/metrics/job/j", body, contentType);
        Assert.Equal(400, status);
        Assert.StartsWith(text, answer);
    }

    private static MetricFamily[] Families()
    {
        var exemplar = new Exemplar(Labels.Of("trace.id", "x"), 0.25, 1_700_000_000_123_456_789);
        return
        [
            new MetricFamily
            {
                Name = "my_counter", Help = "h", Type = MetricType.Counter, Unit = "seconds",
                Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Counter, Value = 3, Exemplar = exemplar, CreatedUnixNano = 1_600_000_000_000_000_001 }],
            },
            new MetricFamily
            {
                Name = "my_float_native", Type = MetricType.Histogram,
                Metrics =
                [
                    new Metric
                    {
                        Labels = Labels.Empty, Payload = MetricPayload.Histogram,
                        Histogram = new Histogram
                        {
                            SampleCountFloat = 4.5, SampleSum = -3, Schema = -1, ZeroThreshold = 0.001, ZeroCountFloat = 0.5,
                            NegativeSpans = [new BucketSpan(-2, 2)], NegativeCounts = [1, -2], PositiveSpans = [new BucketSpan(0, 1)], PositiveCounts = [3],
                            CreatedUnixNano = 5, Exemplars = [exemplar],
                        },
                    },
                ],
            },
            new MetricFamily
            {
                Name = "my_native", Type = MetricType.Histogram,
                Metrics =
                [
                    new Metric
                    {
                        Labels = Labels.Empty, Payload = MetricPayload.Histogram,
                        Histogram = new Histogram
                        {
                            SampleCount = 6, SampleSum = 2, Schema = 3, ZeroThreshold = 0, ZeroCount = 1, Buckets = [new ClassicBucket(1, 5, null, exemplar)],
                            PositiveSpans = [new BucketSpan(0, 2), new BucketSpan(3, 1)], PositiveDeltas = [1, 2, -1],
                            NegativeSpans = [new BucketSpan(1, 1)], NegativeDeltas = [1],
                        },
                    },
                ],
            },
            new MetricFamily
            {
                Name = "my_summary", Type = MetricType.Summary,
                Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Summary, Summary = new Summary { SampleCount = 1, CreatedUnixNano = -1 } }],
            },
        ];
    }

    private static byte[] Pushed()
    {
        var target = new System.Buffers.ArrayBufferWriter<byte>();
        foreach (var family in Families())
        {
            MetricFamilyCodec.WriteDelimited(target, family);
        }

        return target.WrittenSpan.ToArray();
    }

    private static MetricFamily Stamped(MetricFamily family) => new()
    {
        Name = family.Name,
        Help = family.Help,
        Type = family.Type,
        Unit = family.Unit,
        Metrics =
        [
            .. family.Metrics.Select(m => new Metric
            {
                Labels = Labels.Of("instance", "", "job", "j"), Payload = m.Payload, Value = m.Value, Summary = m.Summary, Histogram = m.Histogram,
                Exemplar = m.Exemplar, CreatedUnixNano = m.CreatedUnixNano,
            }),
        ],
    };
}
