using System.Net.Sockets;
using Tallygate.Server.Configuration;
using Tallygate.Testing;
using Tallygate.Tests.Cli;
using Tallygate.Tests.Server;
using static Tallygate.Testing.ProtobufBody;

namespace Tallygate.Tests.Acceptance;

/// <summary>Rows that are left out on purpose, or hold for other releases: what there is instead.</summary>
public sealed class InsteadRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("/static/prometheus.css")]
    [InlineData("/static/")]
    [InlineData("/static/functions.js?v=1")]
    public async Task P5_P317_P318_The_page_needs_no_static_files_and_there_are_none(string path)
    {
        Error(404, "404 page not found", await Get(path));
        await using var prefixed = await TestServer.StartAsync(new ServerOptions { ExternalUrl = "http://example.org/foobar/" });
        Assert.Equal(404, (await prefixed.SendAsync("GET", "/foobar" + path)).Status);
        foreach (var page in (string[])[(await Get("/")).Text, (await prefixed.SendAsync("GET", "/foobar/")).Body])
        {
            Assert.DoesNotContain("static/", page, StringComparison.Ordinal);
            Assert.DoesNotMatch("<(script|img)[^>]* src|<link[^>]* href=(?!\"data:)", page);
        }
    }

    [Theory]
    [InlineData("/debug/pprof")]
    [InlineData("/debug/pprof/")]
    [InlineData("/debug/pprof/heap")]
    [InlineData("/debug/pprof/cmdline")]
    public async Task P12_There_is_no_profiler_for_everybody(string path) => Error(404, "404 page not found", await Get(path));

    [Fact]
    public async Task P180_The_page_has_a_title_of_its_own_and_is_not_to_be_indexed()
    {
        var page = (await Get("/")).Text;
        Assert.Contains($"<title>{new ServerOptions().PageTitle}</title>", page, StringComparison.Ordinal);
        Assert.Contains("<meta name=robots content=noindex>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P182_A_group_of_the_page_opens_to_what_the_query_api_tells_of_it()
    {
        await Taken("/metrics/job/j", "# HELP b Some words.\n# TYPE b summary\nb{quantile=\"0.5\"} 1\nb_sum 2\nb_count 3\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 4\na_sum 5\na_count 4\n");
        var page = (await Get("/")).Text;
        Assert.Contains("fetch('api/v1/metrics')", page, StringComparison.Ordinal);
        Assert.Contains($"<time data-t={double.Parse(Now, System.Globalization.CultureInfo.InvariantCulture):F3}>", page, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "push_failure_time_seconds", "push_time_seconds"], await Families("j"));
        using var json = await Json("/api/v1/metrics");
        var group = json.RootElement.GetProperty("data")[0];
        var summary = group.GetProperty("b");
        Assert.Equal(("SUMMARY", "Some words."), (summary.GetProperty("type").GetString(), summary.GetProperty("help").GetString()));
        Assert.Equal("2026-", summary.GetProperty("time_stamp").GetString()![..5]);
        Assert.Equal("1", summary.GetProperty("metrics")[0].GetProperty("quantiles").GetProperty("0.5").GetString());
        Assert.Equal("4", group.GetProperty("a").GetProperty("metrics")[0].GetProperty("buckets").GetProperty("+Inf").GetString());
    }

    [Theory]
    [InlineData("PUT", 200)]
    [InlineData("POST", 200)]
    [InlineData("DELETE", 202)]
    public async Task P186_Requests_from_other_sites_are_as_good_as_any(string method, int status)
    {
        var answer = await Send(
            method, "/metrics/job/j", method == "DELETE" ? null : "m 1\n"u8.ToArray(), ("Origin", "http://elsewhere.example"), ("Referer", "http://elsewhere.example/page"),
            ("Sec-Fetch-Site", "cross-site"));
        Status(status, answer);
    }

    [Fact]
    public async Task P210_P212_P214_The_state_file_is_never_written()
    {
        var folder = Directory.CreateTempSubdirectory("tallygate-state-").FullName;
        try
        {
            // In a directory that is there, and in one that is not.
            foreach (var file in (string[])[Path.Combine(folder, "state"), Path.Combine(folder, "missing", "state")])
            {
                await using (var server = await TestServer.StartAsync(new ServerOptions { PersistenceFile = file }))
                {
                    Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j", "m 1\n")).Status);
                    using var again = await server.RestartAsync(new ServerOptions { PersistenceFile = file });
                    Assert.Contains("m{instance=\"\",job=\"j\"} 1\n", await again.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
                }

                Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task P254_Neither_a_scrape_that_nobody_reads_nor_half_a_push_holds_up_the_others()
    {
        await Taken("/metrics/job/large", string.Concat(Enumerable.Range(0, 50_000).Select(i => $"large{{i=\"{i:D8}\",text=\"{new string('x', 80)}\"}} {i}\n")));
        var port = new Uri(Fixture.Server.Tallygate.Addresses[0]).Port;
        using var scraper = new TcpClient("127.0.0.1", port) { ReceiveBufferSize = 4096 };
        await scraper.GetStream().WriteAsync(new RawRequest("GET", "/metrics").Bytes(), TestContext.Current.CancellationToken);
        using var pusher = new TcpClient("127.0.0.1", port);
        await pusher.GetStream().WriteAsync("PUT /metrics/job/half HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf 1\n"u8.ToArray(), TestContext.Current.CancellationToken);

        await Taken("/metrics/job/j");
        await Shows("m{instance=\"\",job=\"j\"} 1");
        Assert.Equal(["job=j", "job=large"], await Groups());
    }

    [Fact]
    public async Task P258_Clients_that_take_nothing_but_202_are_served_unchecked()
    {
        Assert.Equal(200, (await Put("/metrics/job/j")).Status);
        await using var unchecked_ = await TestServer.StartAsync(new ServerOptions { DisableConsistencyCheck = true });
        Assert.Equal(202, (await unchecked_.SendAsync("PUT", "/metrics/job/j", "m 1\n")).Status);
        Assert.Equal(202, (await unchecked_.SendAsync("POST", "/metrics/job/j", "m 1\n")).Status);
        Assert.Equal(202, (await unchecked_.SendAsync("DELETE", "/metrics/job/j")).Status);
    }

    [Theory]
    [InlineData("PUT", 200)]
    [InlineData("POST", 200)]
    [InlineData("DELETE", 202)]
    public async Task P260_A_job_that_is_no_base64_locks_nobody_out(string method, int status)
    {
        var body = method == "DELETE" ? null : "m 1\n"u8.ToArray();
        Status(400, await Send(method, "/metrics/job@base64/!!", body));
        Status(status, await Send(method, "/metrics/job@base64/YQ", body));
        Status(status, await Send(method, "/metrics/job@base64/YQ/x/y", body));
    }

    [Fact]
    public async Task P263_Without_the_flag_names_in_text_and_paths_are_those_of_old()
    {
        Status(400, await Put("/metrics/job/j", "{\"my.metric\"} 1\n"));
        Status(400, await Put("/metrics/job/j/my.label/v"));
        Assert.Empty(await Groups());

        // 1.5.1 refuses these, 1.11 takes them.
        Status(200, await PutProtobuf("/metrics/job/j", Family("m", 1, Plain(2, 1, ("my.label", "v")))));
        Status(202, await Delete("/metrics/job/j"));

        // An escaped name is a name of old, and stays as it is.
        await Taken("/metrics/job/j/U__my_2e_label/v");
        Assert.Equal(["U__my_2e_label=v,job=j"], await Groups());
    }

    [Fact]
    public async Task P264_Unclean_paths_are_redirected_with_307_and_escaped_slashes_are_not()
    {
        foreach (var method in (string[])["PUT", "POST", "DELETE", "GET"])
        {
            var answer = await Send(method, "/metrics//job/j", method is "PUT" or "POST" ? "m 1\n"u8.ToArray() : null);
            Assert.Equal((307, "/metrics/job/j"), (answer.Status, answer.Header("Location")));
        }

        await Taken("/metrics/job/j/x/%2Fy%2Fz");
        Assert.Equal(["job=j,x=,y=z"], await Groups());
    }

    [Theory]
    [InlineData("--web.local-assets=x")]
    [InlineData("--no.such-flag")]
    public async Task P267_The_version_goes_to_the_output_and_flags_of_one_distribution_are_unknown(string flag)
    {
        var (code, output, error) = await TallygateProgram.RunAsync("--version");
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith("tallygate, version ", output, StringComparison.Ordinal);
        (code, _, error) = await TallygateProgram.RunAsync(flag);
        Assert.Equal(1, code);
        Assert.Contains("unknown long flag", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task P268_What_came_in_the_releases_after_1_5_is_there()
    {
        // 1.6: snappy, here as one block that is not packed.
        var data = "m 1\n"u8.ToArray();
        byte[] framed = [0xFF, 6, 0, 0, .. "sNaPpY"u8, 1, (byte)(4 + data.Length), 0, 0, .. MaskedChecksum(data), .. data];
        Status(200, await Send("PUT", "/metrics/job/j", framed, ("Content-Encoding", "snappy")));

        // 1.8 and 1.10: native histograms and classic ones that count in floats, in the query API.
        var native = new ProtobufBody().Varint(1, 2).Number(2, 1).ZigZag(5, 0).Varint(7, 0).Message(12, new ProtobufBody().ZigZag(1, 0).Varint(2, 1)).ZigZag(13, 2);
        var floats = new ProtobufBody().Number(4, 2.5).Number(2, 1).Message(3, new ProtobufBody().Number(4, 2.5).Number(2, double.PositiveInfinity));
        Status(200, await PutProtobuf("/metrics/job/h", Family("n", 4, Labelled().Message(7, native)), Family("f", 4, Labelled().Message(7, floats))));
        using var json = await Json("/api/v1/metrics");
        var group = json.RootElement.GetProperty("data").EnumerateArray().Single(g => g.GetProperty("labels").GetProperty("job").GetString() == "h");
        Assert.Equal(4, group.GetProperty("n").GetProperty("metrics")[0].GetProperty("buckets")[0].GetArrayLength());
        Assert.Equal("2.5", group.GetProperty("f").GetProperty("metrics")[0].GetProperty("buckets").GetProperty("+Inf").GetString());

        // 1.11: names beyond the old pattern.
        await using var server = await TestServer.StartAsync(new ServerOptions { Utf8Names = true });
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j/U__my_2e_label/v", "{\"my.metric\"} 1\n")).Status);
        Assert.Contains("my_metric{instance=\"\",job=\"j\",my_label=\"v\"} 1\n", (await server.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
    }

    /// <summary>The checksum that the framing format puts before each block: bit by bit, as a second way beside the program's own.</summary>
    private static byte[] MaskedChecksum(byte[] data)
    {
        var crc = ~0u;
        foreach (var b in data)
        {
            crc ^= b;
            for (var i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ (0x82F6_3B78u & (0u - (crc & 1)));
            }
        }

        crc = ~crc;
        return BitConverter.GetBytes(unchecked(((crc >> 15) | (crc << 17)) + 0xA282_EAD8u));
    }
}
