namespace Tallygate.PromQL.Values;

/// <summary>
/// The order by value in which NaN comes last, ascending or descending. Equal values keep their order in short vectors, where Prometheus
/// sorts by insertion too, so that ties come out alike.
/// </summary>
internal static class ValueOrder
{
    private const int Short = 12;

    public static void Sort(List<Row> rows, int step, bool descending)
    {
        if (rows.Count > Short)
        {
            var sorted = descending
                ? rows.OrderBy(row => double.IsNaN(row.Values[step])).ThenByDescending(row => row.Values[step]).ToList()
                : rows.OrderBy(row => double.IsNaN(row.Values[step])).ThenBy(row => row.Values[step]).ToList();
            rows.Clear();
            rows.AddRange(sorted);
            return;
        }

        for (var i = 1; i < rows.Count; i++)
        {
            for (var j = i; j > 0 && Precedes(rows[j].Values[step], rows[j - 1].Values[step], descending); j--)
            {
                (rows[j], rows[j - 1]) = (rows[j - 1], rows[j]);
            }
        }
    }

    /// <summary>Whether <paramref name="a"/> has to come before <paramref name="b"/>.</summary>
    private static bool Precedes(double a, double b, bool descending) => double.IsNaN(b) || (descending ? b < a : b > a);
}
