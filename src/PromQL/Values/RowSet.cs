using Tallygate.Model;

namespace Tallygate.PromQL.Values;

/// <summary>What rows of one result may not be: two samples with the same labels at the same time.</summary>
internal static class RowSet
{
    /// <summary>The labels without the metric name, <c>__type__</c> and <c>__unit__</c>.</summary>
    public static Labels WithoutMetadata(Labels labels)
    {
        var kept = 0;
        foreach (ref readonly var label in labels.AsSpan())
        {
            kept += IsMetadata(label.Name) ? 0 : 1;
        }

        if (kept == labels.Count)
        {
            return labels;
        }

        var rest = new Label[kept];
        var at = 0;
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (!IsMetadata(label.Name))
            {
                rest[at++] = label;
            }
        }

        return Labels.FromSorted(rest);
    }

    /// <summary>Takes the name off, now or (with delayed name removal) at the end.</summary>
    public static void DropName(Row row, bool delayed)
    {
        if (!delayed)
        {
            row.Labels = WithoutMetadata(row.Labels);
        }

        row.DropsName = true;
    }

    /// <summary>Joins rows with the same labels; the first keeps its place.</summary>
    /// <exception cref="QueryException">Two of them have a sample at the same step.</exception>
    /// <param name="work">Called for work done, so that the query can be ended in between.</param>
    public static List<Row> Merge(List<Row> rows, Action<int> work)
    {
        if (!HasTwins(rows, work))
        {
            return rows;
        }

        var merged = new List<Row>(rows.Count);
        var byLabels = new Dictionary<Labels, Row>(rows.Count);
        foreach (var row in rows)
        {
            work(8);
            if (byLabels.TryAdd(row.Labels, row))
            {
                merged.Add(row);
            }
            else
            {
                work(row.Steps);
                Join(byLabels[row.Labels], row);
            }
        }

        return merged;
    }

    /// <summary>Refuses rows with the same labels, also where they never meet at a step.</summary>
    public static void RefuseTwins(List<Row> rows, Action<int> work)
    {
        if (HasTwins(rows, work))
        {
            throw QueryException.SameLabels();
        }
    }

    private static bool HasTwins(List<Row> rows, Action<int> work)
    {
        if (rows.Count < 2)
        {
            return false;
        }

        var seen = new HashSet<Labels>(rows.Count);
        foreach (var row in rows)
        {
            work(8);
            if (!seen.Add(row.Labels))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsMetadata(string name) =>
        name.Length == 8 && name is Labels.MetricName or "__type__" or "__unit__";

    private static void Join(Row target, Row from)
    {
        for (var step = 0; step < from.Steps; step++)
        {
            if (!from.Has(step))
            {
                continue;
            }

            if (target.Has(step))
            {
                throw QueryException.SameLabels();
            }

            target.CopyStep(from, step);
        }
    }
}
