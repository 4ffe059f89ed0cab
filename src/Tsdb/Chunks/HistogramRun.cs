using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Tsdb.Chunks;

/// <summary>
/// A run of native histogram samples, as they came, and what is known of each against the one before it. Samples are added by one writer and never changed, so that a reader who was told
/// the count may read that many without a lock.
/// </summary>
internal sealed class HistogramRun
{
    private (long Time, FloatHistogram Histogram)[] _samples = new (long, FloatHistogram)[4];
    private CounterResetHint[] _hints = new CounterResetHint[4];

    public int Count { get; private set; }

    public (long Time, FloatHistogram Histogram) this[int index] => Volatile.Read(ref _samples)[index];

    /// <summary>What is known of a sample against the one before it in the run.</summary>
    public CounterResetHint HintAt(int index) => Volatile.Read(ref _hints)[index];

    /// <summary>All samples there are.</summary>
    public List<(long Time, FloatHistogram Histogram)> ToList() => [.. _samples.AsSpan(0, Count)];

    public void Add(long time, FloatHistogram histogram)
    {
        if (Count == _samples.Length)
        {
            var larger = new (long, FloatHistogram)[Count * 2];
            _samples.CopyTo(larger, 0);
            Volatile.Write(ref _samples, larger);
            var hints = new CounterResetHint[larger.Length];
            _hints.CopyTo(hints, 0);
            Volatile.Write(ref _hints, hints);
        }

        _hints[Count] = histogram.HintBehind(Count > 0 ? _samples[Count - 1].Histogram : null);

        _samples[Count++] = (time, histogram);
    }
}
