using Tallygate.Tsdb.Blocks;

namespace Tallygate.Tsdb.Compaction;

/// <summary>Which blocks are past their time, or more than there is room for. Time is that of the newest block, not that of a clock.</summary>
internal static class Retention
{
    /// <param name="blocks">All blocks.</param>
    /// <param name="keepMs">How long samples are kept; null: for ever.</param>
    /// <param name="maxBytes">How many bytes may be kept; 0: any number.</param>
    /// <param name="otherBytes">How many bytes there are beside the blocks.</param>
    public static List<Block> Past(IReadOnlyList<Block> blocks, long? keepMs, long maxBytes, long otherBytes)
    {
        var newestFirst = blocks.OrderByDescending(static b => b.Meta.MaxTime).ToList();
        var past = new List<Block>();
        var bytes = otherBytes;
        foreach (var block in newestFirst)
        {
            bytes += block.Size;
            var tooOld = keepMs is { } keep && newestFirst[0].Meta.MaxTime - block.Meta.MaxTime >= keep;
            if (block != newestFirst[0] && (past.Count > 0 || tooOld || (maxBytes > 0 && bytes > maxBytes)))
            {
                past.Add(block);
            }
        }

        return past;
    }
}
