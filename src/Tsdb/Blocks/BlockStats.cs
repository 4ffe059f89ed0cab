namespace Tallygate.Tsdb.Blocks;

/// <summary>How much a block holds.</summary>
internal readonly record struct BlockStats(
    long Samples, long FloatSamples, long HistogramSamples, long Series, long Chunks, long Tombstones);
