namespace Tallygate.Tests.Acceptance;

/// <summary>Chapter 5: the two times that every group shows.</summary>
public sealed class TimeRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    [Fact]
    public async Task P132_Every_group_has_both_times()
    {
        await Taken("/metrics/job/j/a/b");
        Assert.Equal(
            [
                "# HELP push_failure_time_seconds Last Unix time when changing this group in the Pushgateway failed.",
                "# TYPE push_failure_time_seconds gauge",
                "push_failure_time_seconds{a=\"b\",instance=\"\",job=\"j\"} 0",
                "# HELP push_time_seconds Last Unix time when changing this group in the Pushgateway succeeded.",
                "# TYPE push_time_seconds gauge",
                $"push_time_seconds{{a=\"b\",instance=\"\",job=\"j\"}} {Now}",
            ],
            await Lines("push_", "# HELP push_time", "# HELP push_failure", "# TYPE push_time", "# TYPE push_failure"));
    }

    [Fact]
    public async Task P133_The_time_is_that_of_receiving_with_all_its_digits()
    {
        Advance(0.0001234);
        await Taken("/metrics/job/j");
        Assert.Matches("^1\\.79535\\d{10,}e\\+09$", Now);
        await Shows($"push_time_seconds{{instance=\"\",job=\"j\"}} {Now}");
    }

    [Fact]
    public async Task P134_A_failure_keeps_the_time_of_the_success()
    {
        await Taken("/metrics/job/j");
        var pushed = Now;
        Advance(3);
        Status(400, await Put("/metrics/job/j", "a 1 1\n"));
        await Shows($"push_time_seconds{{instance=\"\",job=\"j\"}} {pushed}", $"push_failure_time_seconds{{instance=\"\",job=\"j\"}} {Now}");
    }

    [Fact]
    public async Task P136_Pushed_times_are_dropped()
    {
        await Taken("/metrics/job/j", "# TYPE push_time_seconds counter\npush_time_seconds{a=\"b\"} 5\n# TYPE push_failure_time_seconds histogram\npush_failure_time_seconds_count 7\nm 1\n");
        Assert.Equal(["m", "push_failure_time_seconds", "push_time_seconds"], await Families("j"));
        await Shows("push_failure_time_seconds{instance=\"\",job=\"j\"} 0", $"push_time_seconds{{instance=\"\",job=\"j\"}} {Now}");
        await ShowsNo("push_time_seconds{a=");
    }

    [Fact]
    public async Task P138_Whether_the_last_push_was_successful()
    {
        await Taken("/metrics/job/j");
        Assert.True(await Successful());
        Advance(2);
        Status(400, await Put("/metrics/job/j", "a 1 1\n"));
        Assert.False(await Successful());
        Advance(2);
        await Taken("/metrics/job/j");
        Assert.True(await Successful());
    }

    [Fact]
    public async Task P139_The_stamp_of_a_family_is_that_of_the_push_that_wrote_it()
    {
        await Taken("/metrics/job/j", "a 1\n");
        var first = Fixture.Time.GetUtcNow();
        Advance(2);
        Status(200, await Post("/metrics/job/j", "b 1\n"));
        var second = Fixture.Time.GetUtcNow();
        using var json = await Json("/api/v1/metrics");
        var group = json.RootElement.GetProperty("data")[0];
        Assert.Equal(first, group.GetProperty("a").GetProperty("time_stamp").GetDateTimeOffset());
        Assert.Equal(second, group.GetProperty("b").GetProperty("time_stamp").GetDateTimeOffset());
        Assert.Equal(second, group.GetProperty("push_time_seconds").GetProperty("time_stamp").GetDateTimeOffset());
        Assert.Equal(first, group.GetProperty("push_failure_time_seconds").GetProperty("time_stamp").GetDateTimeOffset());
    }

    private async Task<bool> Successful()
    {
        using var json = await Json("/api/v1/metrics");
        return json.RootElement.GetProperty("data")[0].GetProperty("last_push_successful").GetBoolean();
    }
}
