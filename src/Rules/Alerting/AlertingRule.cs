using Tallygate.Model;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Functions;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting;

/// <summary>
/// A rule each of whose results is an alert: pending at first, firing after <c>for</c>, and resolved when the expression does not return it
/// any more and <c>keep_firing_for</c> is over.
/// </summary>
internal sealed class AlertingRule : Rule
{
    /// <summary>How long a resolved alert is remembered, so that its end can be told to who missed it.</summary>
    private const long ResolvedRetention = 15 * 60 * 1000;

    private readonly Dictionary<Labels, Alert> _active = [];
    private readonly RuleManager _manager;
    private readonly (string Name, TemplateText Text)[] _labels;
    private readonly (string Name, TemplateText Text)[] _annotations;
    private readonly long _hold;
    private readonly long _keep;
    private IReadOnlyList<AlertStatus> _resolved = [];

    /// <param name="restored">Whether there is no earlier state of alerts to wait for before series are written.</param>
    /// <exception cref="ArgumentException">The expression cannot be parsed; <see cref="RuleCheck"/> finds that first.</exception>
    public AlertingRule(RuleManager manager, RuleGroupDefinition group, RuleDefinition definition, bool restored)
        : base(manager, group, definition)
    {
        _manager = manager;
        _labels = Compile(Labels);
        _annotations = Compile(definition.Annotations);
        _hold = (long)definition.For.TotalMilliseconds;
        _keep = (long)definition.KeepFiringFor.TotalMilliseconds;
        IsRestored = restored;
        Publish(RuleEvaluation.Never);
    }

    /// <summary>Whether the alerts are as before the restart, as far as they can be; series are written from then on.</summary>
    public bool IsRestored { get; private set; }

    /// <summary>The alerts that are pending or firing.</summary>
    public IEnumerable<Alert> Active => _active.Values.Where(static a => a.State != AlertState.Inactive);

    /// <summary>Alerts that ended within the past 15 minutes, for who sends notifications.</summary>
    public IReadOnlyList<AlertStatus> Resolved => _resolved;

    /// <inheritdoc/>
    public override void CopyStateFrom(Rule old)
    {
        if (old is AlertingRule alerting)
        {
            foreach (var (labels, alert) in alerting._active)
            {
                _active.Add(labels, alert);
            }

            IsRestored = alerting.IsRestored;
        }

        base.CopyStateFrom(old);
    }

    /// <summary>Shows the alerts as they were moved to where they stood before the restart.</summary>
    public void EndRestore()
    {
        IsRestored = true;
        Publish(Status.Evaluation);
    }

    /// <inheritdoc/>
    protected override string? TryEvaluate(RuleIteration iteration)
    {
        if (iteration.TryQuery(Expr, Definition.Expr, out var vector) is { } error)
        {
            return error;
        }

        var seen = new HashSet<Labels>();
        var results = new List<Alert>(vector.Count);
        foreach (var sample in vector)
        {
            var value = QueryFunctions.ValueOf(sample);
            var alert = new AlertValue(sample.Labels, _manager.ExternalLabels, _manager.Options.ExternalUrl, value);
            var context = new TemplateContext(alert, iteration.Time, iteration.TryQuery);
            var labels = LabelsOf(sample.Labels, context);
            if (!seen.Add(labels))
            {
                return "vector contains metrics with the same labelset after applying alert labels";
            }

            results.Add(new Alert(labels, iteration.Time) { Annotations = AnnotationsOf(context), Value = sample.Value });
        }

        Merge(results);
        return Advance(iteration, seen);
    }

    /// <inheritdoc/>
    protected override RuleStatus Describe(RuleEvaluation evaluation)
    {
        var alerts = Active.Select(static a => a.ToStatus()).OrderBy(static a => a.Labels).ToArray();
        var state = evaluation.LastEvaluation is null
            ? AlertState.Unknown
            : alerts.Aggregate(AlertState.Inactive, static (most, alert) => alert.State > most ? alert.State : most);
        return new RuleStatus(Definition, Query, Labels, evaluation, state, alerts);
    }

    private void Merge(List<Alert> results)
    {
        foreach (var result in results)
        {
            if (_active.TryGetValue(result.Labels, out var known) && known.State != AlertState.Inactive)
            {
                known.Value = result.Value;
                known.Annotations = result.Annotations;
            }
            else
            {
                _active[result.Labels] = result;
            }
        }
    }

    private string? Advance(RuleIteration iteration, HashSet<Labels> seen)
    {
        var time = iteration.Time;
        foreach (var (labels, alert) in _active)
        {
            if (seen.Contains(labels))
            {
                alert.Seen(time, _hold);
                continue;
            }

            var wasPending = alert.State == AlertState.Pending;
            alert.Missed(time, _keep);
            if (wasPending || time - alert.ResolvedAt > ResolvedRetention)
            {
                _active.Remove(labels);
            }
        }

        var active = Active.Count();
        if (Limit > 0 && active > Limit)
        {
            _active.Clear();
            _resolved = [];
            return $"exceeded limit of {Limit} with {active} alerts";
        }

        _resolved = [.. _active.Values.Where(static a => a.State == AlertState.Inactive).Select(static a => a.ToStatus())];
        if (IsRestored)
        {
            WriteSeries(iteration);
        }

        return null;
    }

    private void WriteSeries(RuleIteration iteration)
    {
        foreach (var alert in Active)
        {
            var state = alert.State == AlertState.Firing ? "firing" : "pending";
            var labels = alert.Labels.With(Labels.MetricName, "ALERTS").With("alertstate", state);
            Write(iteration, labels.WithoutEmpty(), new RuleSample(1));
            var forState = alert.Labels.With(Labels.MetricName, AlertRestore.SeriesName);
            Write(iteration, forState.WithoutEmpty(), new RuleSample(Math.Floor(alert.ActiveAt / 1000.0)));
        }
    }

    private Labels LabelsOf(Labels result, TemplateContext context)
    {
        var labels = new LabelsBuilder(result.WithoutName());
        foreach (var (name, text) in _labels)
        {
            labels.Set(name, Expand(text, context));
        }

        return labels.Set("alertname", Definition.Alert).ToLabels().WithoutEmpty();
    }

    private Labels AnnotationsOf(TemplateContext context)
    {
        var annotations = Array.ConvertAll(_annotations, a => new Label(a.Name, Expand(a.Text, context)));
        return Labels.FromSorted(annotations);
    }

    private string Expand(TemplateText text, TemplateContext context)
    {
        var expanded = text.Expand(context, out var problem);
        if (problem is not null)
        {
            Log.ExpansionFailed(_manager.Logger, Definition.Alert, problem);
        }

        return expanded;
    }

    private (string Name, TemplateText Text)[] Compile(Labels texts)
    {
        var compiled = new (string, TemplateText)[texts.Count];
        for (var i = 0; i < texts.Count; i++)
        {
            compiled[i] = (texts[i].Name, new TemplateText(Definition.Alert, texts[i].Value));
        }

        return compiled;
    }
}
