using Tallygate.Model;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Index;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb;

/// <summary>Adds tombstones to a block.</summary>
internal static class BlockDeletion
{
    public static void Delete(Block block, long minTime, long maxTime, IReadOnlyList<LabelMatcher> matchers)
    {
        var index = block.Index;
        var reader = index.Series();
        var filtering = index.Series();
        var deleted = new Dictionary<int, Interval[]>(block.Deleted);
        var changed = false;
        foreach (var id in PostingsQuery.Resolve(index, matchers, id => filtering.Read(id).Labels).Span)
        {
            var chunks = reader.Read(id).Chunks;
            if (chunks.Length == 0)
            {
                continue;
            }

            var interval = new Interval(Math.Max(minTime, chunks[0].MinTime), Math.Min(maxTime, chunks[^1].MaxTime));
            if (interval.MinTime <= interval.MaxTime)
            {
                deleted[id] = Interval.Add(deleted.GetValueOrDefault(id, []), interval);
                changed = true;
            }
        }

        if (changed)
        {
            block.Delete(deleted);
        }
    }
}
