using Tallygate.Model.Histograms;
using Tallygate.Storage;

namespace Tallygate.Tsdb.Head;

/// <summary>A cursor over samples of which some have start times.</summary>
internal sealed class StartedCursor(ISampleCursor inner, ReadOnlyMemory<(long Time, long Start)> starts) : ISampleCursor
{
    public SampleKind Next => inner.Next;

    public int Read(Span<long> times, Span<double> values) => inner.Read(times, values);

    public int Read(Span<long> times, Span<double> values, Span<long> startTimes)
    {
        var read = inner.Read(times, values);
        StartList.Fill(starts.Span, times[..read], startTimes);
        return read;
    }

    public FloatHistogram ReadHistogram(out long time) => inner.ReadHistogram(out time);

    public FloatHistogram ReadHistogram(out long time, out long start)
    {
        var histogram = inner.ReadHistogram(out time);
        start = StartList.Of(starts.Span, time);
        return histogram;
    }
}
