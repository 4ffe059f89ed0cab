using Tallygate.Model;

namespace Tallygate.Tsdb.Blocks;

/// <summary>A series as the index has it.</summary>
internal readonly record struct BlockSeriesEntry(int Id, Labels Labels, ChunkMeta[] Chunks);
