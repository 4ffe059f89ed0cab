using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>Orders the elements of an instant vector. In a range query, whose series are ordered by labels, they have no effect.</summary>
internal static class SortFunctions
{
    private const string IneffectiveText = "sort is ineffective for range queries since results are always ordered by labels";

    public static List<Row> Ascending(VectorCall call) => ByValue(call, descending: false);

    public static List<Row> Descending(VectorCall call) => ByValue(call, descending: true);

    public static List<Row> ByLabelAscending(VectorCall call) => ByLabel(call, 1);

    public static List<Row> ByLabelDescending(VectorCall call) => ByLabel(call, -1);

    private static List<Row> ByValue(VectorCall call, bool descending)
    {
        var rows = call.Vector(0);
        foreach (var row in rows)
        {
            row.ClearHistograms();
        }

        if (!IsEffective(call))
        {
            return rows;
        }

        rows.RemoveAll(static row => !row.HasFloat(0));
        ValueOrder.Sort(rows, 0, descending, call.Work);
        return rows;
    }

    private static List<Row> ByLabel(VectorCall call, int sign)
    {
        var rows = call.Vector(0);
        if (!IsEffective(call))
        {
            return rows;
        }

        var names = new string[call.Call.Arguments.Count - 1];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = call.Text(i + 1);
        }

        WatchedSort.Sort(rows, (a, b) => sign * Compare(a, b, names), call.Work);
        return rows;
    }

    private static int Compare(Row a, Row b, string[] names)
    {
        foreach (var name in names)
        {
            var order = NaturalOrder.Compare(a.Labels.Get(name), b.Labels.Get(name));
            if (order != 0)
            {
                return order;
            }
        }

        // The whole label set settles it, so that the order is the same each time.
        return a.Labels.CompareTo(b.Labels);
    }

    private static bool IsEffective(VectorCall call)
    {
        if (!call.Grid.IsInstant)
        {
            call.Annotations.Warn(IneffectiveText, call.Call.Position);
        }

        return call.Grid.IsInstant;
    }
}
