using Tallygate.Model;
using Tallygate.Scrape;
using Tallygate.Scrape.Relabeling;

namespace Tallygate.Tests.Scrape;

public class TargetTests
{
    private readonly ScrapeBench _bench = new();

    private static TargetPlan? Plan(ScrapeDefinition definition, string address = "host:1", Labels? labels = null)
    {
        Assert.True(Relabeler.TryCreate(definition.RelabelConfigs, out var relabeler, out _, out _));
        var plan = TargetPlanner.Plan(definition, relabeler, TargetPlanner.Discover(definition, address, labels ?? Labels.Empty), out var problem);
        Assert.Null(problem);
        return plan;
    }

    [Fact]
    public void A_target_has_job_and_instance_and_no_magic_labels()
    {
        var plan = Plan(ScrapeBench.Job, labels: Labels.Of("env", "prod", "__meta_x", "y"))!;
        Assert.Equal("{env=\"prod\", instance=\"host:1\", job=\"job\"}", plan.Labels.ToString());
        Assert.Equal(
            "{__address__=\"host:1\", __meta_x=\"y\", __metrics_path__=\"/metrics\", __scheme__=\"http\", __scrape_interval__=\"10s\", "
            + "__scrape_timeout__=\"10s\", env=\"prod\", job=\"job\"}",
            plan.DiscoveredLabels.ToString());
        Assert.Equal("http://host:1/metrics", plan.Url.AbsoluteUri);
    }

    [Fact]
    public void Relabeling_moves_address_path_scheme_parameters_and_times()
    {
        static RelabelConfig Set(string label, string value) => new() { TargetLabel = label, Replacement = value };
        var plan = Plan(ScrapeBench.Job with
        {
            Params = [new("module", "a"), new("module", "b")],
            RelabelConfigs =
            [
                new RelabelConfig { SourceLabels = ["__address__"], TargetLabel = "__param_target" },
                Set("__address__", "prober:9115"),
                Set("__metrics_path__", "/probe"),
                Set("__scheme__", "https"),
                Set("__scrape_interval__", "1m30s"),
                Set("__scrape_timeout__", "5s"),
            ],
        })!;
        Assert.Equal("https://prober:9115/probe?module=a&module=b&target=host%3A1", plan.Url.AbsoluteUri);
        Assert.Equal("prober:9115", plan.Labels.Get("instance"));
        Assert.Equal((90, 5), (plan.Interval.TotalSeconds, plan.Timeout.TotalSeconds));
    }

    [Fact]
    public void Dropped_targets_are_listed_and_not_scraped()
    {
        _bench.Load(ScrapeBench.Job with
        {
            StaticTargets = [new StaticTargets(["a:1", "b:1", "a:1"], Labels.Empty)],
            RelabelConfigs = [new RelabelConfig { Action = RelabelAction.Drop, SourceLabels = ["__address__"], Regex = "b:.*" }],
        });
        Assert.Equal("http://a:1/metrics", Assert.Single(_bench.Manager.Targets).ScrapeUrl.AbsoluteUri);
        Assert.Equal("b:1", Assert.Single(_bench.Manager.Dropped).DiscoveredLabels.Get("__address__"));
    }

    [Fact]
    public void The_series_of_a_removed_target_end_after_two_scrapes_at_the_time_of_the_first()
    {
        _bench.Load(ScrapeBench.Job);
        _bench.Scrape(0, "a 1\n");
        Assert.Empty(_bench.Manager.Apply([], 3_000));
        Assert.Equal(21_000, _bench.Manager.Step(3_000));
        Assert.Single(_bench.Samples());
        Assert.Equal(long.MaxValue, _bench.Manager.Step(21_000));
        Assert.EndsWith("stale @10000", _bench.Samples()[^1], StringComparison.Ordinal);
        Assert.EndsWith("stale @10000", _bench.Samples("up")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_that_moves_to_another_job_of_the_same_labels_goes_on()
    {
        var job = ScrapeBench.Job with { StaticTargets = [new StaticTargets(["target:9091"], Labels.Of("job", "same"))] };
        _bench.Load(job);
        _bench.Scrape(0, "a 1\n");
        _bench.Load(job with { JobName = "renamed" }, 3_000);
        _bench.Scrape(10_000, "a 2\n");
        _bench.Scrape(20_000, "a 3\n");
        _bench.Scrape(30_000, "a 4\n");
        Assert.DoesNotContain(_bench.Samples(), static s => s.Contains("stale", StringComparison.Ordinal));
    }

    [Fact]
    public void A_reload_with_other_settings_keeps_the_targets_and_knows_which_series_to_end()
    {
        _bench.Load(ScrapeBench.Job);
        _bench.Scrape(0, "a 1\nb 1\n");
        _bench.Load(
            ScrapeBench.Job with
            {
                MetricRelabelConfigs = [new RelabelConfig { Action = RelabelAction.Drop, SourceLabels = ["__name__"], Regex = "b" }],
            },
            3_000);
        _bench.Scrape(10_000, "a 2\nb 2\n");
        Assert.Equal(["1 @0", "2 @10000", "1 @0", "stale @10000"], _bench.Samples().Select(static s => s[(s.IndexOf('}') + 2)..]));
    }

    [Fact]
    public void An_unchanged_job_runs_on()
    {
        var job = ScrapeBench.Job;
        _bench.Load(job);
        _bench.Scrape(0, "a 1\n");
        _bench.Load(ScrapeBench.Job, 5_000);
        Assert.Equal(0, _bench.Manager.Targets[0].LastScrape);
        Assert.Equal(10_000, _bench.Manager.Step(5_000));
    }

    [Fact]
    public void Phases_differ_between_targets_and_servers_and_stay_over_restarts()
    {
        long[] Dues(ulong seed)
        {
            var manager = new ScrapeManager(
                new ScrapeManagerOptions { Seed = seed, Transport = _ => new StubTransport() }, _bench.Storage, TimeProvider.System);
            Assert.Empty(manager.Apply([ScrapeBench.Job with { Phase = null, StaticTargets = [new StaticTargets(["a:1", "b:1"], Labels.Empty)] }], 0));
            return [.. manager.Targets.Select(t => new ScrapeSlots(new TargetPlan(Labels.Empty, t.Labels, t.ScrapeUrl, t.Interval, t.Timeout), null, seed).AtOrBefore(10_000))];
        }

        Assert.Equal(Dues(1), Dues(1));
        Assert.NotEqual(Dues(1), Dues(2));
        Assert.NotEqual(Dues(1)[0], Dues(1)[1]);
    }

    [Fact]
    public void Faulty_configurations_are_refused_whole()
    {
        _bench.Load(ScrapeBench.Job);
        var problems = _bench.Manager.Apply(
            [
                ScrapeBench.Job with { Timeout = TimeSpan.FromSeconds(11) },
                ScrapeBench.Job with { Scheme = "ftp", RelabelConfigs = [new RelabelConfig()] },
            ],
            0);
        Assert.Equal(
            ["scrape_timeout", "job_name", "scheme", "relabel_configs"],
            problems.Select(static p => p.Field));
        Assert.Single(_bench.Manager.Targets);
    }
}
