namespace Tallygate.PromQL.Values;

/// <summary>
/// The order by value in which NaN comes last, ascending or descending. Equal values keep their order in short vectors, where Prometheus
/// sorts by insertion too, so that ties come out alike.
/// </summary>
internal static class ValueOrder
{
    private const int Short = 12;

    /// <param name="work">Called for work done, so that the query can be ended in between.</param>
    public static void Sort(List<Row> rows, int step, bool descending, Action<int> work)
    {
        if (rows.Count > Short)
        {
            WatchedSort.Sort(rows, (a, b) => Compare(a.Values[step], b.Values[step], descending), work);
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

    private static int Compare(double a, double b, bool descending) =>
        double.IsNaN(a) || double.IsNaN(b) ? double.IsNaN(a).CompareTo(double.IsNaN(b)) : descending ? b.CompareTo(a) : a.CompareTo(b);

    /// <summary>Whether <paramref name="a"/> has to come before <paramref name="b"/>.</summary>
    private static bool Precedes(double a, double b, bool descending) => double.IsNaN(b) || (descending ? b < a : b > a);
}
