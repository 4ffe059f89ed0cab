using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary><c>count_values</c>: for each value of a group how many elements have it; the value becomes a label.</summary>
internal static class CountValues
{
    /// <param name="labelsOf">The labels of the group that labels belong to.</param>
    /// <param name="work">Called for work done, so that the query can be ended in between.</param>
    /// <param name="makeRoom">Told of the steps of each row before it is made.</param>
    public static List<Row> Evaluate(List<Row> rows, string label, int steps, Func<Labels, Labels> labelsOf, Action<int> work, Action<int> makeRoom)
    {
        var results = new List<Row>();
        var byLabels = new Dictionary<Labels, Row>();
        foreach (var row in rows)
        {
            for (var step = 0; step < steps; step++)
            {
                if (!row.Has(step))
                {
                    continue;
                }

                work(16);
                var text = row.HistogramAt(step) is { } histogram
                    ? histogram.ToString()
                    : FloatText.Format(row.Values[step], FloatForm.Plain);
                var labels = labelsOf(row.Labels.With(label, text));
                if (!byLabels.TryGetValue(labels, out var result))
                {
                    makeRoom(steps);
                    result = Row.Blank(labels, steps);
                    byLabels.Add(labels, result);
                    results.Add(result);
                }

                result.Values[step] = result.HasFloat(step) ? result.Values[step] + 1 : 1;
            }
        }

        return results;
    }
}
