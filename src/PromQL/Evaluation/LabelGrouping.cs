using Tallygate.Model;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Which labels make the groups of an aggregation.</summary>
internal sealed class LabelGrouping
{
    private readonly List<string> _labels;
    private readonly bool _without;

    public LabelGrouping(AggregateExpr expr)
    {
        _labels = [.. expr.Grouping];
        _without = expr.Without;
        if (_without)
        {
            _labels.Add(Labels.MetricName);
        }
        else if (expr.Operator == AggregateOperator.CountValues)
        {
            // The label of the values always makes groups.
            _labels.Add(((StringLiteral)expr.Parameter!).Value);
        }
    }

    /// <summary>The labels of the group that a series belongs to.</summary>
    public Labels Of(Labels labels)
    {
        if (!_without && _labels.Count == 0)
        {
            return Labels.Empty;
        }

        var count = 0;
        foreach (ref readonly var label in labels.AsSpan())
        {
            count += Keeps(label.Name) ? 1 : 0;
        }

        if (count == labels.Count)
        {
            return labels;
        }

        var kept = new Label[count];
        count = 0;
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (Keeps(label.Name))
            {
                kept[count++] = label;
            }
        }

        return Labels.FromSorted(kept);
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
