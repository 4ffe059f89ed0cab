namespace Tallygate.Tsdb.Index;

/// <summary>Set algebra over ascending ids.</summary>
internal static class SortedIds
{
    private const int Skew = 16;

    /// <summary>What is in both; written over the start of <paramref name="target"/>, which may be <paramref name="x"/>.</summary>
    public static int Intersect(ReadOnlySpan<int> x, ReadOnlySpan<int> y, Span<int> target)
    {
        var count = 0;
        if (y.Length / Skew > x.Length)
        {
            foreach (var id in x)
            {
                var at = y.BinarySearch(id);
                if (at >= 0)
                {
                    target[count++] = id;
                }

                y = y[(at < 0 ? ~at : at)..];
            }

            return count;
        }

        for (int i = 0, j = 0; i < x.Length && j < y.Length;)
        {
            if (x[i] < y[j])
            {
                i++;
            }
            else if (x[i] > y[j])
            {
                j++;
            }
            else
            {
                target[count++] = x[i++];
                j++;
            }
        }

        return count;
    }

    /// <summary>What is in <paramref name="x"/> only; written over the start of <paramref name="target"/>, which may be <paramref name="x"/>.</summary>
    public static int Subtract(ReadOnlySpan<int> x, ReadOnlySpan<int> y, Span<int> target)
    {
        var count = 0;
        var j = 0;
        foreach (var id in x)
        {
            while (j < y.Length && y[j] < id)
            {
                j++;
            }

            if (j == y.Length || y[j] != id)
            {
                target[count++] = id;
            }
        }

        return count;
    }

    /// <summary>All ids of lists that have none in common, sorted.</summary>
    public static int[] Union(IReadOnlyList<PostingList> lists)
    {
        var total = 0;
        var largest = 0;
        foreach (var list in lists)
        {
            // Lists grow: what comes after this look is of no concern, but must fit.
            var ids = list.Ids;
            total += ids.Length;
            largest = ids.Length == 0 ? largest : Math.Max(largest, ids[^1]);
        }

        return lists.Count == 1 ? lists[0].Ids.ToArray() : total > 256 ? ByBitmap(lists, largest) : BySort(lists, total);
    }

    private static int[] BySort(IReadOnlyList<PostingList> lists, int total)
    {
        var all = new List<int>(total);
        foreach (var list in lists)
        {
            all.AddRange(list.Ids);
        }

        var sorted = all.ToArray();
        Array.Sort(sorted);
        return sorted;
    }

    private static int[] ByBitmap(IReadOnlyList<PostingList> lists, int largest)
    {
        var bits = new ulong[(largest >> 6) + 1];
        var count = 0;
        foreach (var list in lists)
        {
            foreach (var id in list.Ids)
            {
                if (id <= largest)
                {
                    bits[id >> 6] |= 1UL << id;
                    count++;
                }
            }
        }

        var sorted = new int[count];
        var at = 0;
        for (var i = 0; i < bits.Length; i++)
        {
            for (var word = bits[i]; word != 0; word &= word - 1)
            {
                sorted[at++] = (i << 6) + System.Numerics.BitOperations.TrailingZeroCount(word);
            }
        }

        return sorted;
    }
}
