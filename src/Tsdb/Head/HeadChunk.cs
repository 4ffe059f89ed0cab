using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Head;

/// <summary>A chunk that takes no more samples. Times are Unix milliseconds, both of samples that are in it.</summary>
/// <param name="Data">An array in which an XOR chunk lies, or <see cref="EncodedHistograms"/>, or a <see cref="HistogramRun"/>, where chunks would not give back every bit.</param>
internal readonly record struct HeadChunk(object Data, int Offset, ushort Length, ushort Count, long MinTime, long MaxTime);
