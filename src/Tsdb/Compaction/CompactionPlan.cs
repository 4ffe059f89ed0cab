using Tallygate.Tsdb.Blocks;

namespace Tallygate.Tsdb.Compaction;

/// <summary>
/// Which blocks are to become one, as Prometheus decides it: those that overlap; those that fill a larger range, each three times the one
/// before; one of which much was deleted. The newest block is left alone.
/// </summary>
internal static class CompactionPlan
{
    private const int Factor = 3;
    private const int Levels = 10;
    private const double ManyDeleted = 0.05;

    /// <summary>The lengths of the ranges in milliseconds, ascending.</summary>
    public static long[] Ranges(long shortest, long longest)
    {
        var ranges = new List<long> { shortest };
        while (ranges.Count < Levels && ranges[^1] * Factor <= longest)
        {
            ranges.Add(ranges[^1] * Factor);
        }

        return [.. ranges];
    }

    /// <summary>The blocks that are due; none where all is well.</summary>
    /// <param name="blocks">All blocks, by their first time.</param>
    public static IReadOnlyList<Block> Next(IReadOnlyList<Block> blocks, long[] ranges)
    {
        var overlapping = Overlapping(blocks);
        if (overlapping.Count > 0)
        {
            return overlapping;
        }

        if (blocks.Count < 2)
        {
            return [];
        }

        var older = blocks.Take(blocks.Count - 1).ToList();
        var newest = blocks[^1].Meta.MinTime;
        foreach (var range in ranges.Skip(1))
        {
            foreach (var group in Split(older, range))
            {
                var (from, to) = (group[0].Meta.MinTime, group[^1].Meta.MaxTime);

                // A range that is not full may still get a block, unless time has gone beyond it.
                if (group.Count > 1 && !group.Exists(static b => b.Meta.Failed) && (to - from == range || to <= newest))
                {
                    return group;
                }
            }
        }

        return MuchDeleted(older, ranges) is { } one ? [one] : [];
    }

    private static Block? MuchDeleted(List<Block> older, long[] ranges)
    {
        for (var i = older.Count - 1; i >= 0; i--)
        {
            var meta = older[i].Meta;
            if (meta.MaxTime - meta.MinTime < ranges[ranges.Length / 2])
            {
                continue;
            }

            if ((double)meta.Stats.Tombstones / (meta.Stats.Series + 1) > ManyDeleted)
            {
                return older[i];
            }
        }

        return null;
    }

    private static List<Block> Overlapping(IReadOnlyList<Block> blocks)
    {
        var found = new List<Block>();
        var end = long.MinValue;
        for (var i = 0; i < blocks.Count; i++)
        {
            if (i > 0 && blocks[i].Meta.MinTime < end)
            {
                if (found.Count == 0)
                {
                    found.Add(blocks[i - 1]);
                }

                found.Add(blocks[i]);
            }
            else if (found.Count > 0)
            {
                return found;
            }

            // The one that reaches farthest stands before those that it overlaps.
            if (blocks[i].Meta.MaxTime > end)
            {
                end = blocks[i].Meta.MaxTime;
            }
        }

        return found;
    }

    private static IEnumerable<List<Block>> Split(List<Block> blocks, long range)
    {
        for (var i = 0; i < blocks.Count;)
        {
            var start = TimeRanges.StartOf(blocks[i].Meta.MinTime, range);
            if (blocks[i].Meta.MaxTime > start + range)
            {
                i++;
                continue;
            }

            var group = new List<Block>();
            while (i < blocks.Count && blocks[i].Meta.MaxTime <= start + range)
            {
                group.Add(blocks[i++]);
            }

            yield return group;
        }
    }
}
