using Tallygate.Model.Histograms;

namespace Tallygate.Tsdb.Chunks;

/// <summary>
/// A run of native histogram samples, as they came. Samples are added by one writer and never changed, so that a reader who was told
/// the count may read that many without a lock.
/// </summary>
internal sealed class HistogramRun
{
    private (long Time, FloatHistogram Histogram)[] _samples = new (long, FloatHistogram)[4];

    public int Count { get; private set; }

    public (long Time, FloatHistogram Histogram) this[int index] => Volatile.Read(ref _samples)[index];

    public void Add(long time, FloatHistogram histogram)
    {
        if (Count == _samples.Length)
        {
            var larger = new (long, FloatHistogram)[Count * 2];
            _samples.CopyTo(larger, 0);
            Volatile.Write(ref _samples, larger);
        }

        _samples[Count++] = (time, histogram);
    }
}
