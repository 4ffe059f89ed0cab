using Tallygate.Model;

namespace Tallygate.Tsdb.Chunks;

/// <summary>Which buckets there are, unrolled from spans and rolled up into them.</summary>
internal static class BucketIndexes
{
    /// <summary>The indexes of the buckets, ascending; no more than there are counts.</summary>
    public static int[] Of(BucketSpan[] spans, int counts)
    {
        var indexes = new int[counts];
        var (at, index) = (0, 0);
        foreach (var span in spans)
        {
            index = unchecked(index + span.Offset);
            for (var i = 0U; i < span.Length && at < counts; i++)
            {
                indexes[at++] = index++;
            }
        }

        return at == counts ? indexes : indexes[..at];
    }

    /// <summary>The spans that stand for ascending indexes.</summary>
    public static BucketSpan[] ToSpans(ReadOnlySpan<int> indexes)
    {
        var spans = new List<BucketSpan>();
        var end = 0;
        foreach (var index in indexes)
        {
            if (spans.Count > 0 && index == end)
            {
                spans[^1] = spans[^1] with { Length = spans[^1].Length + 1 };
            }
            else
            {
                spans.Add(new BucketSpan(index - end, 1));
            }

            end = index + 1;
        }

        return [.. spans];
    }

    /// <summary>All indexes of both.</summary>
    public static int[] Union(int[] x, int[] y)
    {
        if (x.AsSpan().SequenceEqual(y))
        {
            return x;
        }

        var all = new List<int>(x.Length + y.Length);
        for (int i = 0, j = 0; i < x.Length || j < y.Length;)
        {
            var takeX = j == y.Length || (i < x.Length && x[i] <= y[j]);
            var index = takeX ? x[i] : y[j];
            i += i < x.Length && x[i] == index ? 1 : 0;
            j += j < y.Length && y[j] == index ? 1 : 0;
            all.Add(index);
        }

        return [.. all];
    }

    /// <summary>Puts counts to the places that their buckets have among more buckets.</summary>
    public static void Spread(int[] indexes, ReadOnlySpan<double> counts, int[] among, Span<double> target)
    {
        target.Clear();
        for (int i = 0, j = 0; i < indexes.Length; i++)
        {
            while (among[j] != indexes[i])
            {
                j++;
            }

            target[j] = counts[i];
        }
    }

    /// <summary>Whether a bucket that was in use has become smaller or is gone.</summary>
    public static bool AnyFell(int[] beforeIndexes, ReadOnlySpan<double> before, int[] nowIndexes, ReadOnlySpan<double> now)
    {
        var j = 0;
        for (var i = 0; i < beforeIndexes.Length; i++)
        {
            while (j < nowIndexes.Length && nowIndexes[j] < beforeIndexes[i])
            {
                j++;
            }

            var count = j < nowIndexes.Length && nowIndexes[j] == beforeIndexes[i] ? now[j] : 0;
            if (!(count >= before[i]))
            {
                return true;
            }
        }

        return false;
    }
}
