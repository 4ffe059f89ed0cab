namespace Tallygate.Tests.Server;

/// <summary>Keys, runs and times of pushes over HTTP, by header and by query.</summary>
public sealed class PushNotesTests
{
    private const string Path = "/metrics/job/j";

    [Fact]
    public async Task A_retry_is_answered_as_the_first_time_and_says_so()
    {
        await using var server = await TestServer.StartAsync();
        var first = await server.SendAsync("PUT", Path, "a 1\n", null, ("Idempotency-Key", "k"));
        Assert.Equal(200, first.Status);
        Assert.False(first.Response.Headers.Contains("Idempotent-Replayed"));
        var again = await server.SendAsync("PUT", Path + "?idempotency_key=k", "a   1\r\n");
        Assert.Equal((200, "true"), (again.Status, again.Response.Headers.GetValues("Idempotent-Replayed").Single()));
        var other = await server.SendAsync("PUT", Path, "a 2\n", null, ("Idempotency-Key", "k"));
        Assert.Equal((422, "the idempotency key was used for another push to this group\n"), (other.Status, other.Body));
        Assert.Contains("\ntallygate_pushes_replayed_total 1\n", (await server.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_ended_by_its_state_and_takes_nothing_afterwards()
    {
        await using var server = await TestServer.StartAsync();
        Assert.Equal(200, (await server.SendAsync("PUT", Path + "?run_id=r1", "a 1\n")).Status);
        Assert.Contains("\ntallygate_open_runs 1\n", (await server.SendAsync("GET", "/metrics")).Body, StringComparison.Ordinal);
        var end = await server.SendAsync("POST", Path, "a 2\n", null, ("Tallygate-Run-Id", "r1"), ("Tallygate-Run-State", "finished"));
        Assert.Equal(200, end.Status);
        var more = await server.SendAsync("POST", Path, "a 3\n", null, ("Tallygate-Run-Id", "r1"));
        Assert.Equal((409, "the run \"r1\" of this group has ended\n"), (more.Status, more.Body));
        var sum = await server.SendAsync("GET", "/api/v1/query?query=sum_over_time(a:pushed[1h])");
        Assert.Contains("\"2\"]", sum.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_late_push_has_its_own_time()
    {
        await using var server = await TestServer.StartAsync();
        var time = DateTimeOffset.UtcNow.AddHours(-3);
        var answer = await server.SendAsync("PUT", Path, "a 1\n", null, ("Tallygate-Push-Time", time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ")));
        Assert.Equal(200, answer.Status);
        var query = await server.SendAsync("GET", "/api/v1/query?query=timestamp(last_over_time(a:pushed[1s]))&time=" + time.ToUnixTimeMilliseconds() / 1e3);
        Assert.Contains(time.ToUnixTimeSeconds().ToString(), query.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Idempotency-Key", "", "Idempotency-Key must have 1 to 255 bytes\n")]
    [InlineData("Tallygate-Run-State", "done", "Tallygate-Run-State must be running, finished or failed, not \"done\"\n")]
    [InlineData("Tallygate-Run-State", "running", "a push without Tallygate-Run-Id is a run that ends at once: it cannot be running\n")]
    [InlineData("Tallygate-Push-Time", "yesterday", "Tallygate-Push-Time must be Unix seconds or RFC 3339, not \"yesterday\"\n")]
    [InlineData("Tallygate-Push-Time", "-1", "Tallygate-Push-Time must be Unix seconds or RFC 3339, not \"-1\"\n")]
    [InlineData("Tallygate-Ttl", "soon", "Tallygate-Ttl must be a duration like 1h30m or seconds, not \"soon\"\n")]
    [InlineData("Tallygate-Ttl", "-1", "Tallygate-Ttl must be a duration like 1h30m or seconds, not \"-1\"\n")]
    [InlineData("Tallygate-Merge", "labels", "Tallygate-Merge must be series or family, not \"labels\"\n")]
    [InlineData("Tallygate-Merge", "series", "Tallygate-Merge goes with POST: PUT replaces the whole group\n")]
    public async Task What_cannot_be_read_is_refused(string name, string value, string text)
    {
        await using var server = await TestServer.StartAsync();
        var answer = await server.SendAsync("PUT", Path, "a 1\n", null, (name, value));
        Assert.Equal((400, text), (answer.Status, answer.Body));
        Assert.Equal(0, server.Tallygate.Gateway.Groups.Count);
    }
}
