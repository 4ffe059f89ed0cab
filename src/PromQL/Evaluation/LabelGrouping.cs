using Tallygate.Model;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Which labels make the groups of an aggregation. Not thread-safe.</summary>
internal sealed class LabelGrouping
{
    private readonly string[] _labels;
    private readonly bool _without;
    private Label[] _kept = new Label[8];

    // Series of one group often come one behind the other.
    private Labels _last = Labels.Empty;

    public LabelGrouping(AggregateExpr expr)
    {
        _without = expr.Without;

        // The label of the values always makes groups.
        _labels = _without ? [.. expr.Grouping, Labels.MetricName]
            : expr.Operator == AggregateOperator.CountValues ? [.. expr.Grouping, ((StringLiteral)expr.Parameter!).Value]
            : [.. expr.Grouping];
    }

    /// <summary>The labels of the group that a series belongs to.</summary>
    public Labels Of(Labels labels)
    {
        if (!_without && _labels.Length == 0)
        {
            return Labels.Empty;
        }

        if (_kept.Length < labels.Count)
        {
            _kept = new Label[labels.Count];
        }

        var count = 0;
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (Keeps(label.Name))
            {
                _kept[count++] = label;
            }
        }

        if (count == labels.Count)
        {
            return labels;
        }

        var kept = _kept.AsSpan(0, count);
        if (!kept.SequenceEqual(_last.AsSpan()))
        {
            _last = Labels.FromSorted(kept.ToArray());
        }

        return _last;
    }

    // Groupings are short: comparing costs less than a hash.
    private bool Keeps(string name)
    {
        foreach (var label in _labels)
        {
            if (label == name)
            {
                return !_without;
            }
        }

        return _without;
    }
}
