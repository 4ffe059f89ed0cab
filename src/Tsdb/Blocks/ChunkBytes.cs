using System.Buffers.Binary;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Blocks;

/// <summary>A chunk as it was read, its checksum checked.</summary>
internal readonly record struct ChunkBytes(ChunkEncoding Encoding, byte[] Array, int Offset, int Length)
{
    public ReadOnlySpan<byte> Data => Array.AsSpan(Offset, Length);

    /// <summary>How many samples it says it has.</summary>
    public int Count => Length < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(Data);
}
