using Tallygate.Gateway.Sampling;
using Tallygate.Model;
using Tallygate.Storage;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

public sealed class GatewaySamplerTests
{
    private readonly InMemoryStorage _samples = new();
    private IReadOnlyList<MetricFamily> _own = [];

    [Fact]
    public async Task Samples_lie_on_the_grid_and_missed_ticks_stay_missed()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1));
        var sampler = Sampler(rig);
        Assert.Equal(15_003, sampler.Step(3_004));
        Assert.Equal(15_003, sampler.Step(15_002));
        Assert.Equal(30_003, sampler.Step(15_900));
        Assert.Equal(75_003, sampler.Step(70_000));
        Assert.Equal(["{__name__=\"a\", job=\"j\"} 1 @15003", "{__name__=\"a\", job=\"j\"} 1 @3", "{__name__=\"a\", job=\"j\"} 1 @60003"], Samples(_samples, "a"));
    }

    [Fact]
    public async Task Pushed_series_keep_their_labels_and_own_ones_get_the_targets()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1), Histogram("h", "", 3, (1, 2)));
        _own = [Gauge("own", 7, "x=y"), Gauge("go_goroutines", 9)];
        Sampler(rig).Step(3);
        Assert.Equal(
            [
                "{__name__=\"a\", job=\"j\"} 1 @3",
                "{__name__=\"go_goroutines\", instance=\"localhost:9091\", job=\"tallygate\"} 9 @3",
                "{__name__=\"h_bucket\", job=\"j\", le=\"+Inf\"} 2 @3",
                "{__name__=\"h_bucket\", job=\"j\", le=\"1.0\"} 2 @3",
                "{__name__=\"h_count\", job=\"j\"} 2 @3",
                "{__name__=\"h_sum\", job=\"j\"} 3 @3",
                "{__name__=\"own\", instance=\"localhost:9091\", job=\"tallygate\", x=\"y\"} 7 @3",
                "{__name__=\"push_failure_time_seconds\", job=\"j\"} 0 @3",
                "{__name__=\"push_time_seconds\", job=\"j\"} 1.7953488e+09 @3",
                "{__name__=\"scrape_duration_seconds\", instance=\"localhost:9091\", job=\"tallygate\"} 0 @3",
                "{__name__=\"scrape_samples_post_metric_relabeling\", instance=\"localhost:9091\", job=\"tallygate\"} 9 @3",
                "{__name__=\"scrape_samples_scraped\", instance=\"localhost:9091\", job=\"tallygate\"} 9 @3",
                "{__name__=\"scrape_series_added\", instance=\"localhost:9091\", job=\"tallygate\"} 9 @3",
                "{__name__=\"up\", instance=\"localhost:9091\", job=\"tallygate\"} 1 @3",
            ],
            Samples(_samples));
    }

    [Fact]
    public async Task A_series_that_is_gone_gets_a_stale_marker_and_one_that_moved_does_not()
    {
        await using var rig = await Rig.New();
        var sampler = Sampler(rig);
        await rig.Put("job=j", Family("a", MetricType.Gauge, ("x=1", 1), ("x=2", 2)));
        sampler.Step(3);
        await rig.Put("job=j", Gauge("a", 3, "x=1"));
        sampler.Step(15_003);
        Assert.Equal((0, 1), (sampler.Last!.Value.SeriesAdded, sampler.Last.Value.Stale));
        await rig.Delete("job=j");
        await rig.Put("job=j,x=1", Gauge("a", 4));
        sampler.Step(30_003);
        await rig.Delete("job=j,x=1");
        sampler.Step(45_003);
        sampler.Step(60_003);
        Assert.Equal(
            [
                "{__name__=\"a\", job=\"j\", x=\"1\"} 1 @3",
                "{__name__=\"a\", job=\"j\", x=\"1\"} 3 @15003",
                "{__name__=\"a\", job=\"j\", x=\"1\"} 4 @30003",
                "{__name__=\"a\", job=\"j\", x=\"1\"} stale @45003",
                "{__name__=\"a\", job=\"j\", x=\"2\"} 2 @3",
                "{__name__=\"a\", job=\"j\", x=\"2\"} stale @15003",
            ],
            Samples(_samples, "a"));
        Assert.Equal(2, Samples(_samples, "push_time_seconds").Count(s => s.Contains("stale", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_own_series_hidden_by_a_push_ends_and_comes_again()
    {
        await using var rig = await Rig.New();
        var sampler = Sampler(rig);
        _own = [Gauge("own", 7)];
        sampler.Step(3);
        await rig.Put("job=j", Gauge("own", 1));
        sampler.Step(15_003);
        await rig.Delete("job=j");
        sampler.Step(30_003);
        sampler.Retire(45_000);
        Assert.Equal(
            [
                "{__name__=\"own\", instance=\"localhost:9091\", job=\"tallygate\"} 7 @3",
                "{__name__=\"own\", instance=\"localhost:9091\", job=\"tallygate\"} 7 @30003",
                "{__name__=\"own\", instance=\"localhost:9091\", job=\"tallygate\"} stale @15003",
                "{__name__=\"own\", instance=\"localhost:9091\", job=\"tallygate\"} stale @45000",
                "{__name__=\"own\", job=\"j\"} 1 @15003",
                "{__name__=\"own\", job=\"j\"} stale @30003",
            ],
            Samples(_samples, "own"));
        Assert.Contains("{__name__=\"up\", instance=\"localhost:9091\", job=\"tallygate\"} stale @45000", Samples(_samples, "up"));
    }

    private GatewaySampler Sampler(Rig rig) =>
        new(() => rig.Gateway.Groups, () => _own, _samples, new SamplerOptions { OffsetMs = 3 }, rig.Time);
}
