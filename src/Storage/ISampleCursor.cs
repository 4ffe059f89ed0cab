using Tallygate.Model.Histograms;

namespace Tallygate.Storage;

/// <summary>
/// Port: reads the samples of a series in batches, in ascending time, each time once, stale markers included. Float samples fill
/// spans; histogram samples come one by one by the side door. Not thread-safe.
/// </summary>
public interface ISampleCursor
{
    /// <summary>What comes next.</summary>
    SampleKind Next { get; }

    /// <summary>
    /// Reads float samples into the two spans (of equal length) for as long as <see cref="Next"/> is <see cref="SampleKind.Float"/>.
    /// </summary>
    /// <returns>How many were read; 0 only where the next sample is no float or there is none.</returns>
    int Read(Span<long> times, Span<double> values);

    /// <summary>Reads one histogram sample; only where <see cref="Next"/> is <see cref="SampleKind.Histogram"/>.</summary>
    /// <param name="time">Unix milliseconds.</param>
    /// <returns>A histogram that the caller may change and keep. A stale histogram sample has the stale marker as its sum.</returns>
    FloatHistogram ReadHistogram(out long time);

    /// <summary>Reads float samples as the other <c>Read</c> does, and when their counters began; a store without start times gives none.</summary>
    /// <param name="starts">Of the same length: Unix milliseconds; 0 where nobody knows.</param>
    int Read(Span<long> times, Span<double> values, Span<long> starts)
    {
        var read = Read(times, values);
        starts[..read].Clear();
        return read;
    }

    /// <summary>Reads one histogram sample as the other <c>ReadHistogram</c> does, and when its counter began.</summary>
    /// <param name="start">Unix milliseconds; 0 where nobody knows.</param>
    FloatHistogram ReadHistogram(out long time, out long start)
    {
        start = 0;
        return ReadHistogram(out time);
    }
}
