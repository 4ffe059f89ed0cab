using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>Names beyond the old pattern, over a real socket: in and out by every scheme.</summary>
public sealed class EscapingTests
{
    private const string Body = "# TYPE \"my.metric\" counter\n{\"my.metric\",\"my.label\"=\"v\"} 42\nplain 1\n";
    private const string Protobuf = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=";

    private static readonly ServerOptions Utf8 = new() { Utf8Names = true };

    [Theory]
    [InlineData(null, "underscores", "my_metric{dotted_name=\"g\",instance=\"\",job=\"j\",my_label=\"v\"} 42")]
    [InlineData("text/plain;escaping=nonsense", "underscores", "my_metric{dotted_name=\"g\",instance=\"\",job=\"j\",my_label=\"v\"} 42")]
    [InlineData("text/plain;escaping=dots", "dots", "my_dot_metric{dotted_dot_name=\"g\",instance=\"\",job=\"j\",my_dot_label=\"v\"} 42")]
    [InlineData("text/plain;escaping=values", "values", "U__my_2e_metric{U__dotted_2e_name=\"g\",instance=\"\",job=\"j\",U__my_2e_label=\"v\"} 42")]
    [InlineData("text/plain;escaping=allow-utf-8", "allow-utf-8", "{\"my.metric\",\"dotted.name\"=\"g\",instance=\"\",job=\"j\",\"my.label\"=\"v\"} 42")]
    public async Task P234_P310_Text_is_escaped_as_the_scraper_asks(string? accept, string scheme, string line)
    {
        await using var server = await TestServer.StartAsync(Utf8);
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j/U__dotted_2e_name/g", Body)).Status);
        var headers = accept is null ? [] : new[] { ("Accept", accept) };
        for (var i = 0; i < 2; i++)
        {
            var (status, page, response) = await server.SendAsync("GET", "/metrics", headers: headers);
            Assert.Equal((200, "text/plain; version=0.0.4; charset=utf-8; escaping=" + scheme), (status, response.Content.Headers.ContentType!.ToString()));
            Assert.Contains("\n" + line + "\n", page);
            Assert.Contains($"\nplain{{{(scheme == "allow-utf-8" ? "\"dotted.name\"" : line[(line.IndexOf('{') + 1)..line.IndexOf('=')])}=\"g\",", page);
        }

        var own = (await server.SendAsync("GET", "/metrics", headers: headers)).Body;
        Assert.Contains("\npushgateway_build_info{", own);
    }

    [Fact]
    public async Task P234_Protobuf_is_escaped_as_the_scraper_asks()
    {
        await using var server = await TestServer.StartAsync(Utf8);
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j", "{\"my.metric\",\"my.label\"=\"v\"} 42\n")).Status);
        var (_, plain, response) = await server.SendAsync("GET", "/metrics", headers: ("Accept", Protobuf + "text"));
        Assert.EndsWith("encoding=text; escaping=underscores", response.Content.Headers.ContentType!.ToString());
        Assert.Contains("name: \"my_metric\"", plain);
        Assert.Contains("name: \"my_label\"", plain);
        Assert.Contains("name:\"my.metric\"", (await server.SendAsync("GET", "/metrics", headers: ("Accept", Protobuf + "compact-text;escaping=allow-utf-8"))).Body);
        Assert.Contains("U__my_2e_metric", (await server.SendAsync("GET", "/metrics", headers: ("Accept", Protobuf + "delimited;escaping=values"))).Body);
    }

    [Fact]
    public async Task P235_The_page_shows_such_names_in_quotes()
    {
        await using var server = await TestServer.StartAsync(Utf8);
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j/a.b/c/plain/d", "m 1\n")).Status);
        var page = (await server.SendAsync("GET", "/")).Body;
        Assert.Contains("&quot;a.b&quot;<i>=</i>c", page);
        Assert.Contains(">plain<i>=</i>d", page);
    }

    [Fact]
    public async Task Names_that_become_the_same_stand_one_after_the_other()
    {
        await using var server = await TestServer.StartAsync(Utf8);
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j", "{\"a.b\"} 1\na_b 2\n")).Status);
        var page = (await server.SendAsync("GET", "/metrics")).Body;
        Assert.Contains("# TYPE a_b untyped\na_b{instance=\"\",job=\"j\"} 1\n# TYPE a_b untyped\na_b{instance=\"\",job=\"j\"} 2\n", page);
    }

    [Fact]
    public async Task P230_Without_the_flag_names_are_of_the_old_pattern()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j/U__a_2e_b/c")).Status);
        Assert.Contains("push_time_seconds{U__a_2e_b=\"c\"", (await server.SendAsync("GET", "/metrics", headers: ("Accept", "text/plain;escaping=allow-utf-8"))).Body);
        Assert.Equal(400, (await server.SendAsync("PUT", "/metrics/job/j/a.b/c")).Status);
        var (status, text, _) = await server.SendAsync("PUT", "/metrics/job/j", "{\"a.b\"} 1\n");
        Assert.Equal(400, status);
        Assert.StartsWith("text format parsing error in line 1: invalid metric name \"a.b\"\n", text);
    }

    [Fact]
    public async Task P232_P313_A_group_is_deleted_by_its_escaped_name_and_a_reserved_one_leaves_no_trace()
    {
        await using var server = await TestServer.StartAsync(Utf8);
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j/a.b/c", "m 1\n")).Status);
        Assert.Equal(202, (await server.SendAsync("DELETE", "/metrics/job/j/U__a_2e_b@base64/Yw")).Status);
        Assert.Equal(400, (await server.SendAsync("PUT", "/metrics/job/j/U______x/1", "m 1\n")).Status);
        Assert.Equal(0, server.Tallygate.Gateway.Groups.Count);
    }
}
