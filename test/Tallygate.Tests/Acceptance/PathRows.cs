using System.Net.Sockets;
using System.Text;
using Tallygate.Testing;

namespace Tallygate.Tests.Acceptance;

/// <summary>Chapter 2: what group a path names.</summary>
public sealed class PathRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    [Theory]
    [InlineData("/metrics/job/a%00b", "job=a\0b")]
    [InlineData("/metrics/job/größe/x/€", "job=größe,x=€")]
    [InlineData("/metrics/job/größe%00/x/%e2%82%ac", "job=größe\0,x=€")]
    public async Task P39_P43_Bytes_that_no_client_library_sends_as_they_are(string path, string group)
    {
        // The first request of a connection, one behind plain pushes, behind such a request, behind a scrape, behind bodies in chunks.
        using var client = new RawClient(new Uri(Fixture.Server.Tallygate.Addresses[0]).Port);
        foreach (var target in (string[])["/metrics/job/plain", path, "/metrics/job/plain", path, path])
        {
            var push = new RawRequest("PUT", target) { Body = "m 1\n"u8.ToArray() };
            Status(200, await client.SendAsync(push, TestContext.Current.CancellationToken));
            Status(200, await client.SendAsync(push with { ChunkBytes = 3 }, TestContext.Current.CancellationToken));
            Status(200, await client.SendAsync(new RawRequest("GET", "/metrics"), TestContext.Current.CancellationToken));
        }

        Assert.Equal([group, "job=plain"], await Groups());
        var chunked = new RawRequest("POST", path) { Body = "n 1\n"u8.ToArray(), ChunkBytes = 2 };
        Status(200, await client.SendAsync(chunked, TestContext.Current.CancellationToken));
        Status(202, await client.SendAsync(new RawRequest("DELETE", path), TestContext.Current.CancellationToken));
        Assert.Equal(["job=plain"], await Groups());
        Assert.Equal(404, (await client.SendAsync(new RawRequest("GET", "/ü"), TestContext.Current.CancellationToken)).Status);
    }

    [Fact]
    public async Task P39_P43_Such_bytes_in_bodies_and_in_requests_sent_all_at_once()
    {
        // A body that looks like a request that would be written anew, whole and in chunks, and requests that do not wait for answers.
        var body = Encoding.UTF8.GetBytes("# PUT /ü%00 HTTP/1.1\r\n\r\nm{a=\"%00ü\"} 1\n");
        RawRequest[] requests =
        [
            new("POST", "/metrics/job/größe/x/%00") { Body = body },
            new("POST", "/metrics/job/ö%00") { Body = body, ChunkBytes = 5 },
            new("GET", "/-/ready"),
            new("PUT", "/metrics/job/%00") { Body = body },
            new("PUT", "/metrics/job/ü") { Body = body, ChunkBytes = 40, Headers = [("Connection", "close")] },
        ];
        foreach (var bytesAtOnce in (int[])[int.MaxValue, 7, 1])
        {
            await Fixture.Server.Tallygate.Gateway.WipeAsync();
            using var socket = new TcpClient("127.0.0.1", new Uri(Fixture.Server.Tallygate.Addresses[0]).Port) { NoDelay = true };
            var all = requests.SelectMany(static r => r.Bytes()).ToArray();
            var stream = socket.GetStream();
            for (var at = 0; at < all.Length; at += Math.Min(bytesAtOnce, all.Length - at))
            {
                await stream.WriteAsync(all.AsMemory(at, Math.Min(bytesAtOnce, all.Length - at)), TestContext.Current.CancellationToken);
            }

            using var answers = new StreamReader(stream);
            var text = await answers.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Equal(requests.Length, text.Split("HTTP/1.1 200 OK").Length - 1);
            Assert.Equal(4, (await Groups()).Length);
            await Shows("m{a=\"%00ü\",instance=\"\",job=\"ü\"} 1");
        }
    }

    [Theory]
    [InlineData("/metrics/job/j1", "job=j1")]
    public Task P20_A_job_alone(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a/b/c", "b=c,job=a")]
    [InlineData("/metrics/job/a/x/1/b/c", "b=c,job=a,x=1")]
    [InlineData("/metrics/job/a/b/c/x/1", "b=c,job=a,x=1")]
    public Task P21_P333_The_order_of_labels_does_not_matter(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a/x/1/x/2", "job=a,x=2")]
    public Task P22_The_last_of_a_repeated_label_wins(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a/job/b", "job=a")]
    [InlineData("/metrics/job/a/job@base64/Yg", "job=a")]
    [InlineData("/metrics/job/a/job@base64/Yg/x/y", "job=a,x=y")]
    public Task P23_The_leading_job_wins(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a/b", "/b")]
    [InlineData("/metrics/job/a/b/c/", "/b/c/")]
    [InlineData("/metrics/job/a/b/c/d", "/b/c/d")]
    [InlineData("/metrics/job/a/b%20%22x/c/d%CE%A0", "/b \\\"x/c/dΠ")]
    public Task P24_An_odd_number_of_components(string path, string quoted) => Refuses(path, $"odd number of components in label string \"{quoted}\"");

    [Theory]
    [InlineData("/metrics/job/a/", "job=a")]
    public Task P25_A_slash_behind_the_job(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a/b/", "b=,job=a")]
    public Task P26_A_slash_behind_a_name_is_an_empty_value(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a/x@base64/=", "job=a,x=")]
    [InlineData("/metrics/job/a/x@base64/==", "job=a,x=")]
    [InlineData("/metrics/job/a/x@base64/", "job=a,x=")]
    public Task P27_An_empty_value_in_base64(string path, string group) => Names(path, group);

    [Fact]
    public async Task P28_An_empty_value_makes_a_group_of_its_own()
    {
        await Taken("/metrics/job/a");
        await Taken("/metrics/job/a/x/");
        await Shows("m{instance=\"\",job=\"a\"} 1", "m{instance=\"\",job=\"a\",x=\"\"} 1");
        Assert.Equal(["job=a", "job=a,x="], await Groups());
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task P29_P301_P313_A_job_is_required(string method)
    {
        Error(400, "job name is required", await Send(method, "/metrics/job@base64/=", []));
        Error(400, "job name is required", await Send(method, "/metrics/job@base64/=/a/b", []));
        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P30_Nothing_behind_base64() => Error(404, "404 page not found", await Put("/metrics/job@base64/"));

    [Theory]
    [InlineData("/metrics/job/a/x@base64/YQ", "job=a,x=a")]
    [InlineData("/metrics/job/a/x@base64/YQ=", "job=a,x=a")]
    [InlineData("/metrics/job/a/x@base64/YQ==", "job=a,x=a")]
    [InlineData("/metrics/job/a/x@base64/YQ=====", "job=a,x=a")]
    [InlineData("/metrics/job/a/x@base64/Pj8-Pw==", "job=a,x=>?>?")]
    public Task P31_Base64_with_any_padding(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a/x@base64/a+b")]
    [InlineData("/metrics/job/a/x@base64/a%2Bb")]
    public Task P31_Base64_is_url_safe(string path) => Refuses(path, "invalid base64 encoding for label x=\"a+b\": illegal base64 data at input byte 1");

    [Theory]
    [InlineData("/metrics/job/a/x@base64/Y=Q")]
    public Task P32_Padding_inside(string path) => Refuses(path, "invalid base64 encoding for label x=\"Y=Q\": illegal base64 data at input byte 1");

    [Theory]
    [InlineData("/metrics/job/a/x@base64/YR", "job=a,x=a")]
    [InlineData("/metrics/job/a/x@base64/YQ%0A", "job=a,x=a")]
    [InlineData("/metrics/job/a/x@base64/Y%0D%0AQ", "job=a,x=a")]
    public Task P33_Spare_bits_and_line_breaks_in_base64(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job@base64/!!", "invalid base64 encoding in job name \"\": illegal base64 data at input byte 0")]
    [InlineData("/metrics/job@base64/YWJj!", "invalid base64 encoding in job name \"abc\": illegal base64 data at input byte 4")]
    public async Task P34_Bad_base64_of_the_job(string path, string text)
    {
        await Refuses(path, text);
        await Refuses(path, text);
        Error(400, text, await Delete(path));

        // Nothing is stuck behind it (P260).
        await Names("/metrics/job@base64/YQ", "job=a");
    }

    [Theory]
    [InlineData("/metrics/job/a/x@BASE64/YQ", "x@BASE64")]
    [InlineData("/metrics/job/a/x@base64@base64/YQ", "x@base64")]
    [InlineData("/metrics/job/a/@base64/YQ", "")]
    public Task P35_The_suffix_once_and_in_lower_case(string path, string name) => Refuses(path, $"improper label name \"{name}\"");

    [Theory]
    [InlineData("/metrics/job/a/x%40base64/YQ", "job=a,x=a")]
    public Task P35_The_suffix_may_be_escaped(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a/1x/v", "1x")]
    [InlineData("/metrics/job/a/x-y/v", "x-y")]
    [InlineData("/metrics/job/a/x.y/v", "x.y")]
    [InlineData("/metrics/job/a/x%20/v", "x ")]
    [InlineData("/metrics/job/a/a=b/v", "a=b")]
    [InlineData("/metrics/job/a/x:y/v", "x:y")]
    public Task P36_P314_Improper_names(string path, string name) => Refuses(path, $"improper label name \"{name}\"");

    [Theory]
    [InlineData("/metrics/job/a/__x/v", "__x")]
    [InlineData("/metrics/job/a/__name__/v", "__name__")]
    public Task P37_Names_of_the_system(string path, string name) => Refuses(path, $"improper label name \"{name}\"");

    [Theory]
    [InlineData("/metrics/job/a/_x/v", "_x=v,job=a")]
    public Task P37_One_underline_is_fine(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a/le/1", "job=a,le=1")]
    [InlineData("/metrics/job/a/quantile/0.5", "job=a,quantile=0.5")]
    [InlineData("/metrics/job/a/instance/i", "instance=i,job=a")]
    public Task P38_Names_that_mean_something_elsewhere(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a%20b", "job=a b")]
    [InlineData("/metrics/job/%CE%A0", "job=Π")]
    [InlineData("/metrics/job/a%0Ab", "job=a\nb")]
    [InlineData("/metrics/job@base64/YQBi", "job=a\0b")]
    public Task P39_Percent_encoding(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/my+job", "job=my+job")]
    public Task P40_P256_A_plus_is_a_plus(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/a%2Fb", "/b")]
    [InlineData("/metrics/job/a/label/v%2Fw", "/label/v/w")]
    public Task P41_P314_An_escaped_slash_separates(string path, string text) => Refuses(path, $"odd number of components in label string \"{text}\"");

    [Fact]
    public async Task P42_Escaped_slashes_are_split_but_not_cleaned_away()
    {
        await Refuses("/metrics/job/a/x/%2Fvar", "odd number of components in label string \"/x//var\"");
        await Names("/metrics/job/a/x/%2Fvar%2Ffoo", "job=a,var=foo,x=");
    }

    [Theory]
    [InlineData("/metrics/job/c%")]
    [InlineData("/metrics/job/c%4")]
    [InlineData("/metrics/job/c%zz")]
    public async Task P43_Malformed_escapes(string path)
    {
        var answer = await Put(path);
        Assert.Equal((400, "400 Bad Request"), (answer.Status, answer.Text));
        Assert.Empty(await Groups());
    }

    [Theory]
    [InlineData("/metrics/job/a/b//c/d", "/metrics/job/a/b/c/d")]
    [InlineData("/metrics/job//b/c", "/metrics/job/b/c")]
    [InlineData("//metrics/job/a", "/metrics/job/a")]
    [InlineData("/metrics/job/a/../b", "/metrics/job/b")]
    [InlineData("/metrics/./job/a?x=y", "/metrics/job/a?x=y")]
    [InlineData("/metrics/job/a/l//m//n/o", "/metrics/job/a/l/m/n/o")]
    public async Task P44_P46_P357_Unclean_paths_are_redirected_with_method_and_body(string path, string location)
    {
        var answer = await Put(path);
        Assert.Equal((307, location, ""), (answer.Status, answer.Header("Location"), answer.Text));
        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P45_A_redirect_keeps_escapes_as_they_are()
    {
        var answer = await Put("/metrics/job//a%20b");
        Assert.Equal((307, "/metrics/job/a%20b"), (answer.Status, answer.Header("Location")));
    }

    [Theory]
    [InlineData("/metrics/job/a?x=y&z", "job=a")]
    [InlineData("/metrics/job/a?x=//", "job=a")]
    [InlineData("/metrics/job/a?b=%", "job=a")]
    public Task P47_The_query_string_is_ignored(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/%FF", "job")]
    [InlineData("/metrics/job@base64/_w", "job")]
    [InlineData("/metrics/job/a/x/%FF", "x")]
    public async Task P48_P126_P140_P350_Bytes_that_are_not_utf8_are_refused_and_leave_no_trace(string path, string label)
    {
        var answer = await Put(path);
        ErrorLike(400, Inconsistent + "collected metric \"push_time_seconds\" {", answer);
        Assert.EndsWith($"}} has a label named \"{label}\" whose value is not utf8: \"\\xff\"\n", answer.Text, StringComparison.Ordinal);
        Assert.Empty(await Groups());
        await Taken("/metrics/job/other");
        await Shows("m{instance=\"\",job=\"other\"} 1");
    }

    [Theory]
    [InlineData("/metrics/job/testjob/label_name1/label_value1/label_name2/label_value2", "job=testjob,label_name1=label_value1,label_name2=label_value2")]
    [InlineData("/metrics/job/testjob/label_name1@base64/bGFiZWwvdmFsdWUx/label_name2/label_value2", "job=testjob,label_name1=label/value1,label_name2=label_value2")]
    [InlineData("/metrics/job/testjob/label_name1/label_value1/label_name2@base64/bGFiZWwvdmFsdWUy==", "job=testjob,label_name1=label_value1,label_name2=label/value2")]
    [InlineData("/metrics/job/testjob/U__label_2e_name2/v", "U__label_2e_name2=v,job=testjob")]
    public Task P314_Splitting_labels(string path, string group) => Names(path, group);

    [Theory]
    [InlineData("/metrics/job/testjob/label_name1/label_value1/a=b/label_value2", "improper label name \"a=b\"")]
    [InlineData("/metrics/job/testjob/label_name1/label_value1/__label_name2/label_value2", "improper label name \"__label_name2\"")]
    [InlineData("/metrics/job/testjob/label_name1/foo.bar/label_name2@base64/foo.bar", "invalid base64 encoding for label label_name2=\"foo.bar\": illegal base64 data at input byte 3")]
    public Task P314_Splitting_labels_fails(string path, string text) => Refuses(path, text);

    [Theory]
    [InlineData("/metrics/job/testjob/instance/testinstance")]
    [InlineData("/metrics/job/testjob")]
    [InlineData("/metrics/job@base64/dGVzdC9qb2I=/instance@base64/dGVzdGluc3RhbmNl")]
    public async Task P313_Deletions(string path)
    {
        await Taken(path);
        Status(202, await Delete(path));
        Assert.Empty(await Groups());
    }

    private async Task Names(string path, string group)
    {
        await Taken(path);
        Assert.Equal([group], await Groups());
        Status(202, await Delete(path));
        Assert.Empty(await Groups());
    }

    private async Task Refuses(string path, string text)
    {
        Error(400, text, await Put(path));
        Error(400, text, await Post(path));
        Error(400, text, await Delete(path));
        Assert.Empty(await Groups());
    }
}
