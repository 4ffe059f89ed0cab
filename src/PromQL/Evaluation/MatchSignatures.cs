using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Numbers the label sets by which series of two vectors are matched: 0, 1, 2, … in the order in which they come.</summary>
internal sealed class MatchSignatures
{
    private readonly VectorMatching _matching;
    private readonly HashSet<string> _labels;
    private readonly Dictionary<Labels, int> _numbers = [];

    public MatchSignatures(VectorMatching matching)
    {
        _matching = matching;
        _labels = [.. matching.Labels];
    }

    public int Count => _numbers.Count;

    /// <summary>The number of each row's signature.</summary>
    /// <param name="work">Called for work done, so that the query can be ended in between.</param>
    public int[] Of(List<Row> rows, Action<int> work)
    {
        var numbers = new int[rows.Count];
        for (var i = 0; i < rows.Count; i++)
        {
            work(8);
            var signature = Signature(rows[i].Labels);
            if (!_numbers.TryGetValue(signature, out numbers[i]))
            {
                numbers[i] = _numbers.Count;
                _numbers.Add(signature, numbers[i]);
            }
        }

        return numbers;
    }

    /// <summary>The labels by which a series is matched.</summary>
    public Labels Signature(Labels labels)
    {
        var kept = new Label[labels.Count];
        var count = 0;
        foreach (ref readonly var label in labels.AsSpan())
        {
            var counts = _matching.On ? _labels.Contains(label.Name) : label.Name != Labels.MetricName && !_labels.Contains(label.Name);
            if (counts)
            {
                kept[count++] = label;
            }
        }

        return Labels.FromSorted(kept[..count]);
    }
}
