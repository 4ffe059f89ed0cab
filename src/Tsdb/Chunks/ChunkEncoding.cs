namespace Tallygate.Tsdb.Chunks;

/// <summary>How the samples of a chunk are written; the numbers are those of Prometheus's files.</summary>
internal enum ChunkEncoding : byte
{
    /// <summary>Nothing is written so.</summary>
    None = 0,

    /// <summary>Floats.</summary>
    Xor = 1,

    /// <summary>Native histograms all of whose counts are whole numbers.</summary>
    Histogram = 2,

    /// <summary>Native histograms with counts of any kind.</summary>
    FloatHistogram = 3,

    /// <summary>Floats as newer Prometheus versions may write them; read, never written.</summary>
    Xor2 = 4,
}
