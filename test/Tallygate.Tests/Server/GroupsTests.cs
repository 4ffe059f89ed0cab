using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>The life of groups over real sockets: headers, the list, deletion by selector and age, batches.</summary>
public sealed class GroupsTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("Tallygate-Ttl", "90s")]
    [InlineData("Tallygate-Ttl", "90")]
    [InlineData("ttl", "1m30s")]
    public async Task A_push_says_how_long_its_values_last(string name, string value)
    {
        await using var server = await TestServer.StartAsync(time: _time);
        var query = name == "ttl" ? $"?ttl={value}" : "";
        (string, string)[] headers = name == "ttl" ? [] : [(name, value)];
        Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j" + query, "a 1\n", null, headers)).Status);
        Assert.Contains("\"expires\":\"2026-11-22T12:01:30Z\"", await Groups(server), StringComparison.Ordinal);
        await StepAsync(server, 89);
        Assert.Contains("\na{", await Page(server), StringComparison.Ordinal);
        await StepAsync(server, 2);
        var page = await Page(server);
        Assert.DoesNotContain("\na{", page, StringComparison.Ordinal);
        Assert.Contains("\npush_time_seconds{instance=\"\",job=\"j\"} 1.7953488e+09\n", page, StringComparison.Ordinal);
        Assert.Contains("\ntallygate_groups_expired_total 1\n", page, StringComparison.Ordinal);
        Assert.Equal(
            "{\"status\":\"success\",\"data\":[{\"labels\":{\"job\":\"j\"},\"last_push_successful\":true,\"last_push\":\"2026-11-22T12:00:00Z\",\"last_failure\":null,"
            + "\"families\":0,\"metrics\":0,\"expired\":\"2026-11-22T12:01:31Z\"}]}",
            await Groups(server));
        Assert.Contains("expired</span>", (await server.SendAsync("GET", "/")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Groups_are_listed_and_deleted_by_selector_and_age_after_a_dry_run()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        foreach (var path in (string[])["nightly/x/1", "nightly/x/2", "hourly"])
        {
            await server.SendAsync("PUT", "/metrics/job/" + path, "a 1\n");
            _time.Advance(TimeSpan.FromHours(1));
        }

        await server.SendAsync("PUT", "/metrics/job/never", "a 1 1\n");
        Assert.Equal(["hourly", "never", "nightly", "nightly"], await Jobs(server, "GET", ""));
        Assert.Equal(["nightly", "nightly"], await Jobs(server, "GET", "?match[]={job=~\"night.*\"}"));
        Assert.Equal(["hourly", "nightly"], await Jobs(server, "GET", "?match[]={x=\"1\"}&match[]={job=\"hourly\"}"));
        Assert.Equal(["nightly", "nightly"], await Jobs(server, "GET", "?older_than=90m"));

        Assert.Equal(["nightly"], await Jobs(server, "DELETE", "?match[]={job=\"nightly\"}&older_than=150m&dry_run=1"));
        Assert.Equal(4, server.Tallygate.Gateway.Groups.Count);
        Assert.Equal(["nightly"], await Jobs(server, "DELETE", "?match[]={job=\"nightly\"}&older_than=150m"));
        Assert.Empty(await Jobs(server, "DELETE", "?match[]={job=\"nightly\"}&older_than=150m"));
        Assert.Equal(["hourly", "never", "nightly"], await Jobs(server, "GET", ""));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["hourly", "never", "nightly"], await Jobs(server, "DELETE", "?older_than=0s"));
        Assert.Equal(0, server.Tallygate.Gateway.Groups.Count);
    }

    [Theory]
    [InlineData("DELETE", "", "say which groups: match[] or older_than")]
    [InlineData("DELETE", "?dry_run=1", "say which groups: match[] or older_than")]
    [InlineData("DELETE", "?older_than=1h&dry_run=perhaps", "invalid parameter \"dry_run\": it is 1 or 0")]
    [InlineData("DELETE", "?match[]={job=~\".*\"}", "invalid parameter \"match[]\": match[] must contain at least one non-empty matcher")]
    [InlineData("DELETE", "?match[]=a", "invalid parameter \"match[]\": a group is picked by its labels and has no name: {job=\"nightly\"}")]
    [InlineData("GET", "?older_than=soon", "invalid parameter \"older_than\": cannot parse \"soon\" to a valid duration")]
    public async Task What_is_not_clear_is_refused(string method, string query, string error)
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("PUT", "/metrics/job/j", "a 1\n");
        var answer = await server.SendAsync(method, "/api/v1/groups" + query);
        Assert.Equal(400, answer.Status);
        using var json = JsonDocument.Parse(answer.Body);
        Assert.Equal(error, json.RootElement.GetProperty("error").GetString());
        Assert.Equal(1, server.Tallygate.Gateway.Groups.Count);
    }

    [Fact]
    public async Task A_merge_by_series_keeps_the_others_and_a_plain_push_names_what_it_drops()
    {
        await using var server = await TestServer.StartAsync();
        await server.SendAsync("PUT", "/metrics/job/j", "a{x=\"1\"} 1\na{x=\"2\"} 2\nb 1\n");
        var answer = await server.SendAsync("POST", "/metrics/job/j", "a{x=\"2\"} 5\n", null, ("Tallygate-Merge", "series"));
        Assert.Equal(200, answer.Status);
        Assert.False(answer.Response.Headers.Contains("Tallygate-Dropped-Series"));
        var page = await Page(server);
        Assert.Contains("\na{instance=\"\",job=\"j\",x=\"1\"} 1\na{instance=\"\",job=\"j\",x=\"2\"} 5\n", page, StringComparison.Ordinal);
        answer = await server.SendAsync("POST", "/metrics/job/j", "a{x=\"2\"} 6\n");
        Assert.Equal(("1", "a{x=\"1\"}"), Dropped(answer.Response));
        answer = await server.SendAsync("PUT", "/metrics/job/j", "c 6\n", null, ("Some-Header", "that keeps it from the lane"));
        Assert.Equal(("2", "a{x=\"2\"}, b"), Dropped(answer.Response));

        static (string, string) Dropped(HttpResponseMessage response) =>
            (response.Headers.GetValues("Tallygate-Dropped-Count").Single(), response.Headers.GetValues("Tallygate-Dropped-Series").Single());
    }

    [Fact]
    public async Task A_batch_is_one_commit()
    {
        await using var server = await TestServer.StartAsync(time: _time);
        const string Batch = """
            {"method":"PUT","labels":{"job":"a"},"metrics":"m{x=\"1\"} 1\n","ttl":"1h"}
            {"labels":{"job":"b","x":"ü/"},"metrics":"# TYPE m untyped\nm 2\n","run_id":"r","run_state":"finished"}
            {"method":"POST","labels":{"job":"a"},"metrics":"m{x=\"2\"} 3\n","merge":"series"}
            {"method":"DELETE","labels":{"job":"nobody"}}

            """;
        var answer = await server.SendAsync("POST", "/api/v1/groups", Batch, "application/x-www-form-urlencoded", ("Idempotency-Key", "batch-1"));
        Assert.Equal((200, "{\"status\":\"success\",\"data\":[{\"status\":200},{\"status\":200},{\"status\":200},{\"status\":202}]}"), (answer.Status, answer.Body));
        var page = await Page(server);
        Assert.Contains("\nm{instance=\"\",job=\"b\",x=\"ü/\"} 2\n", page, StringComparison.Ordinal);
        Assert.Contains("\nm{instance=\"\",job=\"a\",x=\"1\"} 1\nm{instance=\"\",job=\"a\",x=\"2\"} 3\n", page, StringComparison.Ordinal);
        Assert.Equal(1, server.Tallygate.Gateway.Stats().Batches);

        // Sent again it books nothing; a delete of what is not there has nothing to remember.
        answer = await server.SendAsync("POST", "/api/v1/groups", Batch, null, ("Idempotency-Key", "batch-1"));
        Assert.Equal(3, answer.Body.Split("\"replayed\":true").Length - 1);
        Assert.Equal(3, server.Tallygate.Gateway.Groups.Position.Value);
        answer = await server.SendAsync("POST", "/api/v1/groups", "{\"labels\":{\"job\":\"a\"},\"metrics\":\"n 1\\n\"}\n");
        Assert.Contains("{\"status\":200,\"dropped_count\":2,\"dropped_series\":\"m{x=\\\"1\\\"}, m{x=\\\"2\\\"}\"}", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"labels\":{\"job\":\"a\"},\"metrics\":\"m 1\\n\"}\n{\"labels\":{\"job\":\"b\"},\"metrics\":\"# TYPE m counter\\nm 1\\n\"}\n", "line 2: pushed metrics are invalid")]
    [InlineData("{\"labels\":{\"job\":\"a\"},\"metrics\":\"m 1\\n\"}\n{\"labels\":{\"job\":\"b\"},\"metrics\":\"m 1\"}\n", "line 2: text format parsing error in line 1: unexpected end")]
    [InlineData("{\"labels\":{\"job\":\"a\"},\"metrics\":\"m 1\\n\"}", "the last line has no line feed")]
    [InlineData("{\"labels\":{\"job\":\"a\"}}\n", "line 1: metrics are missing")]
    [InlineData("{\"method\":\"DELETE\",\"labels\":{\"job\":\"a\"},\"metrics\":\"\"}\n", "line 1: DELETE takes no metrics")]
    [InlineData("{\"metrics\":\"m 1\\n\"}\n", "line 1: labels are missing")]
    [InlineData("{\"labels\":{\"x\":\"a\"},\"metrics\":\"\"}\n", "line 1: job name is required")]
    [InlineData("{\"labels\":{\"job\":\"a\",\"x-y\":\"1\"},\"metrics\":\"\"}\n", "line 1: improper label name \"x-y\"")]
    [InlineData("{\"labels\":{\"job\":1},\"metrics\":\"\"}\n", "line 1: labels must be an object of texts")]
    [InlineData("{\"labels\":{\"job\":\"a\"},\"metrics\":\"\",\"tll\":\"1h\"}\n", "line 1: unknown member \"tll\"")]
    [InlineData("{\"labels\":{\"job\":\"a\"},\"metrics\":\"\",\"ttl\":\"soon\"}\n", "line 1: Tallygate-Ttl must be")]
    [InlineData("{\"labels\":{\"job\":\"a\"},\"metrics\":\"\",\"merge\":\"series\"}\n", "line 1: merge goes with POST")]
    [InlineData("{\"method\":\"put\",\"labels\":{\"job\":\"a\"},\"metrics\":\"\"}\n", "line 1: method must be PUT, POST or DELETE, not \"put\"")]
    [InlineData("[]\n", "line 1: a line is an object")]
    [InlineData("nonsense\n", "line 1: no JSON: ")]
    [InlineData("{\"labels\":{\"job\":\"\\ud800\"},\"metrics\":\"\"}\n", "line 1: ")]
    public async Task A_batch_with_a_bad_line_is_refused_whole(string batch, string error)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.SendAsync("POST", "/api/v1/groups", batch);
        Assert.Equal(400, answer.Status);
        using var json = JsonDocument.Parse(answer.Body);
        Assert.StartsWith(error, json.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Tallygate.Gateway.Groups.All(), g => g.Families.Count > 0);
    }

    [Fact]
    public async Task Rules_of_the_configuration_hold()
    {
        var settings = new GatewaySettings { Groups = [new GroupRule { Matchers = [new LabelMatcher(Tallygate.Model.MatchType.Equal, "job", "j")], TimeToLive = TimeSpan.FromMinutes(1) }] };
        await using var server = await TestServer.StartAsync(time: _time, config: LoadedConfig.Empty with { Gateway = settings });
        await server.SendAsync("PUT", "/metrics/job/j", "a 1\n");
        await server.SendAsync("PUT", "/metrics/job/k", "a 1\n");
        Assert.Contains("\"expires\":\"2026-11-22T12:01:00Z\"", await Groups(server), StringComparison.Ordinal);
        await StepAsync(server, 61);
        var page = await Page(server);
        Assert.DoesNotContain("a{instance=\"\",job=\"j\"}", page, StringComparison.Ordinal);
        Assert.Contains("a{instance=\"\",job=\"k\"}", page, StringComparison.Ordinal);
    }

    private async Task StepAsync(TestServer server, int seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        server.Tallygate.StepGateway(_time.GetUtcNow().ToUnixTimeMilliseconds());
        await server.SendAsync("DELETE", "/metrics/job/nobody");
    }

    private static async Task<string> Groups(TestServer server) => (await server.SendAsync("GET", "/api/v1/groups")).Body;

    private static async Task<string> Page(TestServer server) => (await server.SendAsync("GET", "/metrics")).Body;

    private static async Task<string[]> Jobs(TestServer server, string method, string query)
    {
        var answer = await server.SendAsync(method, "/api/v1/groups" + query);
        Assert.Equal(200, answer.Status);
        using var json = JsonDocument.Parse(answer.Body);
        return [.. json.RootElement.GetProperty("data").EnumerateArray().Select(g => g.GetProperty("labels").GetProperty("job").GetString()!).Order()];
    }
}
