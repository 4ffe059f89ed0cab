using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL;
using Tallygate.Rules;
using Tallygate.Rules.Alerting;
using Tallygate.Storage;

namespace Tallygate.Tests.Rules.Alerting;

/// <summary>Templates in rules: what is refused at load, and what alerts show.</summary>
public class AlertTextTests
{
    private readonly RuleBench _bench = new();

    private static RuleDefinition Alert(Labels labels, Labels annotations) => new()
    {
        Alert = "High",
        Expr = "m   >10",
        Labels = labels,
        Annotations = annotations,
    };

    [Fact]
    public void Each_alert_has_labels_and_annotations_of_its_own()
    {
        _bench.Manager = _bench.NewManager(new RuleManagerOptions { ExternalUrl = "http://tally.example/x" });
        var rule = Alert(
            Labels.Of("severity", "{{ if gt $value 100.0 }}page{{ else }}ticket{{ end }}"),
            Labels.Of("summary", "{{ $labels.a }} is {{ $value | humanize }}, of {{ query \"count(m)\" | first | value }}, {{ .ExternalLabels.region }}", "url", "{{ externalURL }}"));
        Assert.Empty(_bench.Manager.Apply([RuleBench.Define(rule)], 0, Labels.Of("region", "eu")));
        _bench.Write(9_000, 12_000, "m", "a", "x");
        _bench.Write(9_000, 50, "m", "a", "y");
        _bench.Manager.Step(10_000);
        var alerts = _bench.Group.Status.Rules[0].Alerts;
        Assert.Equal(
            ["{a=\"x\", alertname=\"High\", severity=\"page\"}", "{a=\"y\", alertname=\"High\", severity=\"ticket\"}"],
            alerts.Select(static a => a.Labels.ToString()));
        Assert.Equal(
            ["{summary=\"x is 12k, of 2, eu\", url=\"http://tally.example/x\"}", "{summary=\"y is 50, of 2, eu\", url=\"http://tally.example/x\"}"],
            alerts.Select(static a => a.Annotations.ToString()));
    }

    [Fact]
    public void An_annotation_that_cannot_be_expanded_says_so_and_the_alert_fires()
    {
        _bench.Load(Alert(Labels.Empty, Labels.Of("bad", "{{ $labels.a.b }}", "good", "{{ $labels.a }}")));
        _bench.Write(9_000, 11, "m", "a", "x");
        _bench.Manager.Step(10_000);
        var alert = Assert.Single(_bench.Group.Status.Rules[0].Alerts);
        Assert.Equal(AlertState.Firing, alert.State);
        Assert.StartsWith("<error expanding template: error executing template __alert_High: template: __alert_High:1:", alert.Annotations.Get("bad"));
        Assert.Equal("x", alert.Annotations.Get("good"));
        Assert.Equal(RuleHealth.Good, _bench.Group.Status.Rules[0].Evaluation.Health);
    }

    [Fact]
    public void A_template_that_cannot_be_parsed_is_refused_at_load()
    {
        var rule = Alert(Labels.Of("l", "{{ nope }}"), Labels.Of("a", "{{ $label.x }}"));
        Assert.Equal(
            [
                "rules.yml: group \"group\", rule 1, \"High\": label \"l\": template: __alert_High:1: function \"nope\" not defined",
                "rules.yml: group \"group\", rule 1, \"High\": annotation \"a\": template: __alert_High:1: undefined variable \"$label\"",
            ],
            _bench.Manager.Apply([RuleBench.Define(rule)], 0).Select(static p => p.ToString()));
    }

    [Fact]
    public void What_only_fails_on_values_is_no_reason_to_refuse_a_file() =>
        Assert.Empty(RuleCheck.Problems(
            [RuleBench.Define(Alert(Labels.Empty, Labels.Of("a", "{{ $.labels.service }}")))], new Engine(new EngineOptions(), TimeProvider.System)));

    [Fact]
    public void The_labels_of_a_group_are_texts_of_its_alerts_too()
    {
        _bench.Load(0, RuleBench.Define(Alert(Labels.Empty, Labels.Empty)) with { Labels = Labels.Of("team", "{{ nope }}", "who", "{{ $labels.a }}") });
        _bench.Write(9_000, 11, "m", "a", "x");
        _bench.Manager.Step(10_000);
        var alert = Assert.Single(_bench.Group.Status.Rules[0].Alerts);
        Assert.Equal("x", alert.Labels.Get("who"));
        Assert.StartsWith("<error expanding template: error parsing template __alert_High: ", alert.Labels.Get("team"));
    }

    [Fact]
    public void A_histogram_is_a_value_too()
    {
        _bench.Load(new RuleDefinition { Alert = "High", Expr = "h", Annotations = Labels.Of("a", "{{ $value.Count }} {{ $value }}") });
        using (var appender = _bench.Storage.Appender())
        {
            var series = default(SeriesRef);
            appender.Append(ref series, Labels.Of("__name__", "h"), 9_000, new FloatHistogram { Count = 4, Sum = 5.5, ZeroCount = 4 });
            appender.Commit();
        }

        _bench.Manager.Step(10_000);
        Assert.StartsWith("4 {count:4, sum:5.5", Assert.Single(_bench.Group.Status.Rules[0].Alerts).Annotations.Get("a"));
    }

    [Fact]
    public void The_read_model_has_the_canonical_expression()
    {
        _bench.Load(Alert(Labels.Empty, Labels.Empty), RuleBench.Record("r", "sum  by(b)(m)"));
        Assert.Equal(["m > 10", "sum by (b) (m)"], _bench.Group.Status.Rules.Select(static r => r.Query));
    }
}
