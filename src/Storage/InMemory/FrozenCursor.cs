using Tallygate.Model.Histograms;

namespace Tallygate.Storage.InMemory;

/// <summary>Reads a list of samples.</summary>
internal sealed class FrozenCursor(List<MemorySample> samples) : ISampleCursor
{
    private int _at;

    public SampleKind Next =>
        _at == samples.Count ? SampleKind.None : samples[_at].Histogram is null ? SampleKind.Float : SampleKind.Histogram;

    public int Read(Span<long> times, Span<double> values)
    {
        var read = 0;
        while (read < times.Length && Next == SampleKind.Float)
        {
            times[read] = samples[_at].Time;
            values[read++] = samples[_at++].Value;
        }

        return read;
    }

    public FloatHistogram ReadHistogram(out long time)
    {
        if (Next != SampleKind.Histogram)
        {
            throw new InvalidOperationException("the next sample is no histogram");
        }

        time = samples[_at].Time;
        return samples[_at++].Histogram!.Copy();
    }

    public int Read(Span<long> times, Span<double> values, Span<long> starts)
    {
        var from = _at;
        var read = Read(times, values);
        for (var i = 0; i < read; i++)
        {
            starts[i] = samples[from + i].Start;
        }

        return read;
    }

    public FloatHistogram ReadHistogram(out long time, out long start)
    {
        start = _at < samples.Count ? samples[_at].Start : 0;
        return ReadHistogram(out time);
    }
}
