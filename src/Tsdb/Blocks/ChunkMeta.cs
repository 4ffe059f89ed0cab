namespace Tallygate.Tsdb.Blocks;

/// <summary>A chunk of a series as the index has it: where it lies, and the times of its first and last sample (Unix ms).</summary>
internal readonly record struct ChunkMeta(long MinTime, long MaxTime, ulong Ref);
