namespace Tallygate.Tests.Acceptance;

/// <summary>P109 and P150: pushes that are not compared with each other.</summary>
public sealed class UncheckedRows(UncheckedFixture fixture) : Rows(fixture), IClassFixture<UncheckedFixture>
{
    [Fact]
    public async Task P106_P109_Pushes_are_answered_202()
    {
        Status(202, await Put("/metrics/job/j", "a 1\n"));
        Status(202, await Post("/metrics/job/j", "b 1\n"));
        await Shows("a{instance=\"\",job=\"j\"} 1", "b{instance=\"\",job=\"j\"} 1");
    }

    [Fact]
    public async Task P109_Paths_and_syntax_are_checked_all_the_same()
    {
        Status(400, await Put("/metrics/job/j/odd", "a 1\n"));
        Status(400, await Put("/metrics/job/j", "a\n"));
        Assert.Empty(await Groups());
    }

    [Fact]
    public async Task P109_Timestamps_are_answered_202_and_dropped()
    {
        Status(202, await Put("/metrics/job/j", "a 1 1000\n"));
        await Shows("push_time_seconds{instance=\"\",job=\"j\"} 0", $"push_failure_time_seconds{{instance=\"\",job=\"j\"}} {Now}");
        await ShowsNo("a{");
    }

    [Fact]
    public async Task P109_P150_What_does_not_fit_is_kept_and_no_scrape_fails()
    {
        Status(202, await Put("/metrics/job/j", "# TYPE a counter\na 1\n"));
        Status(202, await Put("/metrics/job/k", "# TYPE a gauge\na 2\n"));
        Status(202, await Put("/metrics/job/k/x/1", "a{x=\"1\"} 3\n"));
        await Shows("a{instance=\"\",job=\"j\"} 1", "a{instance=\"\",job=\"k\"} 2");
        Assert.Single(await Lines("# TYPE a "));
    }
}
