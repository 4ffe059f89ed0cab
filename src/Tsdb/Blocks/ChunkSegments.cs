using System.Globalization;

namespace Tallygate.Tsdb.Blocks;

/// <summary>The files in which the chunks of a block lie, and how a reference tells a place in them.</summary>
internal static class ChunkSegments
{
    public const string Directory = "chunks";
    public const int HeaderLength = 8;
    public const long MaxBytes = 512L << 20;

    /// <summary>The first four bytes, version 1, three zeros.</summary>
    public static ReadOnlySpan<byte> Header => [0x85, 0xbd, 0x40, 0xdd, 1, 0, 0, 0];

    /// <summary>The name of the segment, counted from 0.</summary>
    public static string NameOf(int segment) => (segment + 1).ToString("D6", CultureInfo.InvariantCulture);

    public static ulong Reference(int segment, long offset) => ((ulong)segment << 32) | (ulong)offset;

    public static (int Segment, long Offset) PlaceOf(ulong reference) => ((int)(reference >> 32), (long)(reference & uint.MaxValue));
}
