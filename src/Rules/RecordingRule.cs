using Tallygate.Model;

namespace Tallygate.Rules;

/// <summary>A rule that writes what its expression gives under a name of its own.</summary>
internal sealed class RecordingRule(RuleManager manager, RuleGroupDefinition group, RuleDefinition definition)
    : Rule(manager, group, definition)
{
    /// <inheritdoc/>
    protected override string? TryEvaluate(RuleIteration iteration)
    {
        if (iteration.TryQuery(Expr, Definition.Expr, out var vector) is { } error)
        {
            return error;
        }

        var results = new Dictionary<Labels, RuleSample>(vector.Count);
        var builder = new LabelsBuilder();
        foreach (var sample in vector)
        {
            builder.Reset(sample.Labels);
            builder.Set(Labels.MetricName, Definition.Record);
            foreach (ref readonly var label in Labels.AsSpan())
            {
                builder.Set(label.Name, label.Value);
            }

            if (!results.TryAdd(builder.ToLabels().WithoutEmpty(), new RuleSample(sample.Value, sample.Histogram)))
            {
                return "vector contains metrics with the same labelset after applying rule labels";
            }
        }

        if (Limit > 0 && results.Count > Limit)
        {
            return $"exceeded limit of {Limit} with {results.Count} series";
        }

        foreach (var (labels, sample) in results)
        {
            Write(iteration, labels, sample);
        }

        return null;
    }

    /// <inheritdoc/>
    protected override RuleStatus Describe(RuleEvaluation evaluation) => new(Definition, Query, Labels, evaluation, null, []);
}
