using Tallygate.Model;
using Tallygate.Rules;
using Tallygate.Rules.Alerting;

namespace Tallygate.Tests.Rules.Alerting;

public class AlertingRuleTests
{
    private readonly RuleBench _bench = new();

    private static RuleDefinition High(int holdSeconds = 0, int keepSeconds = 0) => new()
    {
        Alert = "High",
        Expr = "m > 10",
        For = TimeSpan.FromSeconds(holdSeconds),
        KeepFiringFor = TimeSpan.FromSeconds(keepSeconds),
        Labels = Labels.Of("severity", "page"),
        Annotations = Labels.Of("summary", "it is high"),
    };

    private RuleStatus Rule => _bench.Group.Status.Rules[0];

    /// <summary>Sets the metric just before the slot, and evaluates.</summary>
    private AlertState Step(long now, double? value)
    {
        _bench.Write(now - 1, value ?? StaleMarker.Value, "m", "a", "x");
        _bench.Manager.Step(now);
        return Rule.State!.Value;
    }

    /// <summary>A first load waits for the state before a restart; these tests are about what comes after.</summary>
    private void Load(RuleDefinition rule)
    {
        _bench.Load();
        _bench.Load(0, RuleBench.Define(rule));
    }

    [Fact]
    public void Without_for_an_alert_fires_at_once()
    {
        Load(High());
        Assert.Equal(AlertState.Unknown, Rule.State);
        Assert.Equal(AlertState.Inactive, Step(10_000, 1));
        Assert.Equal(AlertState.Firing, Step(20_000, 11));
        var alert = Assert.Single(Rule.Alerts);
        Assert.Equal("{a=\"x\", alertname=\"High\", severity=\"page\"}", alert.Labels.ToString());
        Assert.Equal("{summary=\"it is high\"}", alert.Annotations.ToString());
        Assert.Equal((11, 20_000, 20_000), (alert.Value, alert.ActiveAt, alert.FiredAt));
    }

    [Fact]
    public void With_for_it_is_pending_until_the_time_is_over()
    {
        Load(High(holdSeconds: 15));
        Assert.Equal(AlertState.Pending, Step(10_000, 11));
        Assert.Equal(AlertState.Pending, Step(20_000, 12));
        Assert.Equal(AlertState.Firing, Step(30_000, 13));
        Assert.Equal((10_000, 30_000, 13), (Rule.Alerts[0].ActiveAt, Rule.Alerts[0].FiredAt, Rule.Alerts[0].Value));
    }

    [Fact]
    public void A_pending_alert_that_misses_once_starts_again()
    {
        Load(High(holdSeconds: 15));
        Step(10_000, 11);
        Assert.Equal(AlertState.Inactive, Step(20_000, 1));
        Assert.Equal(AlertState.Pending, Step(30_000, 11));
        Assert.Equal(30_000, Rule.Alerts[0].ActiveAt);
    }

    [Fact]
    public void Keep_firing_for_bridges_gaps()
    {
        Load(High(keepSeconds: 25));
        Step(10_000, 11);
        Assert.Equal(AlertState.Firing, Step(20_000, 1));
        Assert.Equal(20_000, Rule.Alerts[0].KeepFiringSince);
        Assert.Equal(AlertState.Firing, Step(30_000, 11));
        Assert.Null(Rule.Alerts[0].KeepFiringSince);
        Assert.Equal(AlertState.Firing, Step(40_000, 1));
        Assert.Equal(AlertState.Firing, Step(50_000, 1));
        Assert.Equal(AlertState.Firing, Step(60_000, 1));
        Assert.Equal(AlertState.Inactive, Step(70_000, 1));
    }

    [Fact]
    public void The_series_of_alerts_follow_their_states()
    {
        Load(High(holdSeconds: 10));
        Step(10_000, 11);
        Step(20_000, 11);
        Step(30_000, 1);
        string[] labels = ["a", "x", "alertname", "High", "severity", "page"];
        Assert.Equal([(10_000, 1), (20_000, double.NaN)], _bench.Samples("ALERTS", [.. labels, "alertstate", "pending"]));
        Assert.Equal([(20_000, 1), (30_000, double.NaN)], _bench.Samples("ALERTS", [.. labels, "alertstate", "firing"]));
        Assert.Equal([(10_000, 10), (20_000, 10), (30_000, double.NaN)], _bench.Samples("ALERTS_FOR_STATE", labels));
    }

    [Fact]
    public void Later_rules_of_the_group_see_the_alerts()
    {
        _bench.Load();
        _bench.Load(0, RuleBench.Define(High(), RuleBench.Record("r", "count(ALERTS)")));
        Step(10_000, 11);
        Assert.Equal(["{__name__=\"r\"} 1"], _bench.Ask("r", 10_000));
    }

    [Fact]
    public void Alerts_with_the_same_labels_are_an_error()
    {
        Load(High() with { Labels = Labels.Of("a", "") });
        _bench.Write(9_000, 12, "m", "a", "y");
        Step(10_000, 11);
        Assert.Equal("vector contains metrics with the same labelset after applying alert labels", Rule.Evaluation.LastError);
    }

    [Fact]
    public void Above_the_limit_all_alerts_are_forgotten()
    {
        _bench.Load();
        _bench.Load(0, RuleBench.Define(High(holdSeconds: 60)) with { Limit = 1 });
        Step(10_000, 11);
        Assert.Single(Rule.Alerts);
        _bench.Write(19_000, 12, "m", "a", "y");
        Step(20_000, 11);
        Assert.Equal("exceeded limit of 1 with 2 alerts", Rule.Evaluation.LastError);
        Assert.Empty(Rule.Alerts);
    }

    [Fact]
    public void A_reload_keeps_the_alerts_of_a_rule_with_the_same_name_and_labels()
    {
        Load(High(holdSeconds: 25));
        Step(10_000, 11);
        _bench.Load(12_000, RuleBench.Define(High(holdSeconds: 15)));
        Assert.Equal(AlertState.Pending, Step(20_000, 11));
        Assert.Equal(AlertState.Firing, Step(30_000, 11));
        Assert.Equal(10_000, Rule.Alerts[0].ActiveAt);
    }

    [Theory]
    [InlineData(1, 600, "Pending")] // The restart took 100 s, which do not count: 600 s are behind, and ten minutes at least remain.
    [InlineData(1000, 0, "Firing")] // It had fired already.
    public void After_a_restart_alerts_stand_where_they_stood(int activeSeconds, int pendingSeconds, string expected)
    {
        var hold = 1000;
        var state = Labels.Of(Labels.MetricName, "ALERTS_FOR_STATE", "a", "x", "alertname", "High", "severity", "page");
        const long Down = 5_000_000;
        _bench.Write(Down, (Down / 1000) - (activeSeconds == 1 ? 600 : activeSeconds), state);
        _bench.Load(Down + 90_000, RuleBench.Define(High(hold)));
        var now = Down + 100_000;
        Assert.Equal(AlertState.Pending, Step(now, 11));
        Assert.Empty(_bench.Samples("ALERTS", "a", "x", "alertname", "High", "alertstate", "pending", "severity", "page"));
        Step(now + 10_000, 11);
        Assert.Equal(expected, Step(now + 20_000, 11).ToString());
        if (pendingSeconds > 0)
        {
            // 400 s of for were left, which is less than the grace period of ten minutes.
            Assert.Equal(now + 10_000 + 600_000 - 1_000_000, Rule.Alerts[0].ActiveAt);
        }
    }

    [Fact]
    public void Long_waits_are_taken_up_less_the_time_of_the_outage()
    {
        const long Down = 5_000_000;
        var state = Labels.Of(Labels.MetricName, "ALERTS_FOR_STATE", "a", "x", "alertname", "High", "severity", "page");
        _bench.Write(Down, (Down / 1000) - 100, state);
        _bench.Load(Down + 90_000, RuleBench.Define(High(holdSeconds: 3600)));
        Step(Down + 100_000, 11);
        Step(Down + 110_000, 11);
        Assert.Equal(Down - 100_000 + 110_000, Rule.Alerts[0].ActiveAt);
    }
}
