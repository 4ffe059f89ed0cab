namespace Tallygate.Tsdb.Chunks;

/// <summary>The bytes of a whole chunk as they stand in a block. Times are Unix milliseconds, both of samples that are in it.</summary>
internal readonly record struct EncodedChunk(ChunkEncoding Encoding, ReadOnlyMemory<byte> Data, int Count, long MinTime, long MaxTime);
