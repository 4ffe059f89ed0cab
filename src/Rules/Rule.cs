using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Parsing;
using Tallygate.Storage;

namespace Tallygate.Rules;

/// <summary>
/// One rule of a running group. It is evaluated by its group's iteration alone; <see cref="Status"/> may be read from any thread.
/// </summary>
internal abstract class Rule
{
    private Dictionary<Labels, WrittenSeries> _previous = [];
    private Dictionary<Labels, WrittenSeries> _current = [];

    /// <exception cref="ArgumentException">The expression cannot be parsed; <see cref="RuleCheck"/> finds that first.</exception>
    protected Rule(RuleManager manager, RuleGroupDefinition group, RuleDefinition definition)
    {
        Definition = definition;
        Expr = Parser.TryParseExpr(definition.Expr, manager.Engine.ParserOptions, out var expr, out var errors)
            ? expr
            : throw new ArgumentException(errors[0].ToString(), nameof(definition));
        Query = Expr.ToString();
        var labels = new LabelsBuilder(group.Labels);
        foreach (ref readonly var label in definition.Labels.AsSpan())
        {
            labels.Set(label.Name, label.Value);
        }

        Labels = labels.ToLabels();
        Limit = group.Limit;
        Status = new RuleStatus(Definition, Query, Labels, RuleEvaluation.Never, null, []);
    }

    /// <summary>The rule as written.</summary>
    public RuleDefinition Definition { get; }

    /// <summary>The expression, parsed once.</summary>
    public Expr Expr { get; }

    /// <summary>The expression in its canonical form.</summary>
    public string Query { get; }

    /// <summary>The group's labels under the rule's own; empty values, which take labels away, are kept.</summary>
    public Labels Labels { get; }

    /// <summary>How the rule stands since its latest evaluation; swapped as a whole.</summary>
    public RuleStatus Status { get; private set; }

    /// <summary>The series that the latest successful evaluation wrote.</summary>
    public IReadOnlyCollection<Labels> LiveSeries => _previous.Keys;

    /// <summary>The most results; 0: any number.</summary>
    protected int Limit { get; }

    /// <summary>Evaluates the rule at the iteration's time and hands its samples to the iteration.</summary>
    /// <param name="now">The wall time of the evaluation, Unix ms, for the read model.</param>
    public void Evaluate(RuleIteration iteration, long now)
    {
        var started = iteration.Timestamp();
        var error = TryEvaluate(iteration) ?? CloseSeries(iteration);
        iteration.EndRule();
        var health = error is null ? RuleHealth.Good : RuleHealth.Bad;
        Publish(new RuleEvaluation(health, error ?? "", now, iteration.Elapsed(started)));
    }

    /// <summary>Takes over the state of the rule that this one replaces in a reload.</summary>
    public virtual void CopyStateFrom(Rule old)
    {
        _previous = old._previous;
        Publish(old.Status.Evaluation);
    }

    /// <summary>Shows that the iteration's results could not be kept.</summary>
    public void Fail(string error) => Publish(Status.Evaluation with { Health = RuleHealth.Bad, LastError = error });

    /// <summary>Computes the results and writes them; null, or why the rule failed, and then it wrote nothing.</summary>
    protected abstract string? TryEvaluate(RuleIteration iteration);

    /// <summary>The read model.</summary>
    protected abstract RuleStatus Describe(RuleEvaluation evaluation);

    /// <summary>Swaps the read model.</summary>
    protected void Publish(RuleEvaluation evaluation) => Status = Describe(evaluation);

    /// <summary>Writes one sample of this evaluation.</summary>
    protected void Write(RuleIteration iteration, Labels labels, in RuleSample sample)
    {
        var series = _previous.GetValueOrDefault(labels) ?? new WrittenSeries();
        series.Status = iteration.Append(ref series.Reference, labels, sample);
        _current[labels] = series;
    }

    // After a success every series of the success before it that was not written again ends with a stale marker.
    private string? CloseSeries(RuleIteration iteration)
    {
        string? error = null;
        foreach (var (labels, series) in _current)
        {
            if (series.Status is not (AppendStatus.Appended or AppendStatus.Duplicate))
            {
                error = RefusalText(series.Status);
                _current.Remove(labels);
            }
        }

        foreach (var (labels, series) in _previous)
        {
            if (!_current.ContainsKey(labels))
            {
                iteration.Append(ref series.Reference, labels, RuleSample.Stale);
            }
        }

        (_previous, _current) = (_current, _previous);
        _current.Clear();
        return error;
    }

    private static string RefusalText(AppendStatus status) => status switch
    {
        AppendStatus.OutOfOrder => "out of order sample",
        AppendStatus.OutOfBounds => "out of bounds",
        AppendStatus.DuplicateTimestamp => "duplicate sample for timestamp",
        _ => "invalid labels",
    };

    /// <summary>What is remembered of a series between evaluations.</summary>
    private sealed class WrittenSeries
    {
        public SeriesRef Reference;
        public AppendStatus Status;
    }
}
