using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Blocks;

/// <summary>A series of a block within a querier's range; its samples are read when they are asked for.</summary>
internal sealed class BlockSeries(Block block, BlockSeriesEntry entry, Interval[] deleted, long minTime, long maxTime) : ISeries
{
    public Labels Labels => entry.Labels;

    public ISampleCursor Samples(long from, long to)
    {
        var cursor = new BlockCursor(block.Chunks, entry.Chunks, Math.Max(from, minTime), Math.Min(to, maxTime));
        return deleted.Length == 0 ? cursor : new DeletingCursor(cursor, deleted);
    }
}
