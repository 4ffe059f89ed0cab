namespace Tallygate.PromQL.Values;

/// <summary>
/// A stable sort that can be ended in between: what the caller is told of work done may throw, and that comes out as it is. The library's
/// sorts wrap what a comparison throws, and are not stable.
/// </summary>
internal static class WatchedSort
{
    private const int Run = 16;
    private const int Piece = 1024;

    /// <summary>Sorts the list in place; where the work is ended its order is any.</summary>
    /// <param name="work">Called for work done.</param>
    public static void Sort<T>(List<T> list, Comparison<T> compare, Action<int> work)
    {
        var from = list.ToArray();
        for (var start = 0; start < from.Length; start += Run)
        {
            Insert(from.AsSpan(start, Math.Min(Run, from.Length - start)), compare);
            work(4 * Run);
        }

        var to = from.Length > Run ? new T[from.Length] : from;
        for (var width = Run; width < from.Length; width *= 2)
        {
            for (var start = 0; start < from.Length; start += 2 * width)
            {
                var middle = Math.Min(start + width, from.Length);
                var end = Math.Min(middle + width, from.Length);
                Merge(from, start, middle, end, to, compare, work);
            }

            (from, to) = (to, from);
        }

        list.Clear();
        list.AddRange(from);
    }

    private static void Insert<T>(Span<T> items, Comparison<T> compare)
    {
        for (var i = 1; i < items.Length; i++)
        {
            var item = items[i];
            var at = i;
            for (; at > 0 && compare(items[at - 1], item) > 0; at--)
            {
                items[at] = items[at - 1];
            }

            items[at] = item;
        }
    }

    private static void Merge<T>(T[] from, int start, int middle, int end, T[] to, Comparison<T> compare, Action<int> work)
    {
        var (left, right) = (start, middle);
        for (var at = start; at < end; at++)
        {
            if ((at & (Piece - 1)) == 0)
            {
                work(Piece);
            }

            to[at] = right == end || (left < middle && compare(from[left], from[right]) <= 0) ? from[left++] : from[right++];
        }
    }
}
