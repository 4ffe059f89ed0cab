namespace Tallygate.Tsdb.Blocks;

/// <summary>Numbers of the index file.</summary>
internal static class IndexFormat
{
    public const string FileName = "index";
    public const int HeaderLength = 5;
    public const int TocLength = 52;
    public const byte Version = 2;

    /// <summary>A series begins at a multiple of this; its id is the place divided by it.</summary>
    public const int SeriesAlignment = 16;

    public static ReadOnlySpan<byte> Magic => [0xba, 0xaa, 0xd7, 0x00];
}
