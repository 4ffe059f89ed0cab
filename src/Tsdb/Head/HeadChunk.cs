using Tallygate.Model.Histograms;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Head;

/// <summary>A chunk that takes no more samples. Times are Unix milliseconds, both of samples that are in it.</summary>
/// <param name="Data">An array in which an XOR chunk lies, or <see cref="EncodedHistograms"/>, or a <see cref="HistogramRun"/>, where chunks would not give back every bit.</param>
internal readonly record struct HeadChunk(object Data, int Offset, ushort Length, ushort Count, long MinTime, long MaxTime)
{
    /// <summary>A finished run as chunks, packed where that gives back every bit.</summary>
    public static List<HeadChunk> Of(HistogramRun run, long minTime, long maxTime) =>
        EncodedHistograms.TryEncode(run)?.ConvertAll(static c => new HeadChunk(new EncodedHistograms(c), 0, 0, (ushort)c.Count, c.MinTime, c.MaxTime))
        ?? [new HeadChunk(run, 0, 0, (ushort)run.Count, minTime, maxTime)];

    /// <summary>The newest sample where that is a histogram: of the open run, or of the last chunk where nothing is open.</summary>
    public static FloatHistogram? LastHistogramOf(HistogramRun? open, ReadOnlySpan<HeadChunk> closed, bool noFloatsOpen)
    {
        var last = noFloatsOpen && closed.Length > 0 ? closed[^1] : default;
        if (open is null && last.Data is EncodedHistograms encoded)
        {
            return encoded.Last(last.Count).Current();
        }

        var run = open ?? last.Data as HistogramRun;
        return run is { Count: > 0 } ? run[run.Count - 1].Histogram : null;
    }
}
