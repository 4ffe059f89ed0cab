using Tallygate.Model.Histograms;
using Tallygate.Storage;

namespace Tallygate.Tsdb.Head;

/// <summary>Reads the late samples that a version sees.</summary>
internal sealed class LateCursor : ISampleCursor
{
    private readonly ReadOnlyMemory<LateSample> _samples;
    private readonly long _version;
    private readonly long _minTime;
    private readonly long _maxTime;
    private int _at = -1;

    public LateCursor(ReadOnlyMemory<LateSample> samples, long version, long minTime, long maxTime)
    {
        _samples = samples;
        _version = version;
        _minTime = minTime;
        _maxTime = maxTime;
        Advance();
    }

    public SampleKind Next => _at == _samples.Length ? SampleKind.None : Current.Histogram is null ? SampleKind.Float : SampleKind.Histogram;

    private LateSample Current => _samples.Span[_at];

    public int Read(Span<long> times, Span<double> values)
    {
        var read = 0;
        while (read < times.Length && Next == SampleKind.Float)
        {
            times[read] = Current.Time;
            values[read++] = BitConverter.Int64BitsToDouble(Current.Bits);
            Advance();
        }

        return read;
    }

    public FloatHistogram ReadHistogram(out long time)
    {
        if (Next != SampleKind.Histogram)
        {
            throw new InvalidOperationException("the next sample is no histogram");
        }

        time = Current.Time;
        var histogram = Current.Histogram!.Copy();
        histogram.CounterResetHint = histogram.HintBehind(null);
        Advance();
        return histogram;
    }

    private void Advance()
    {
        do
        {
            _at++;
        }
        while (_at < _samples.Length && (Current.Version > _version || Current.Time < _minTime || Current.Time > _maxTime));
    }
}
