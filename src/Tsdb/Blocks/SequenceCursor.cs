using Tallygate.Model.Histograms;
using Tallygate.Storage;

namespace Tallygate.Tsdb.Blocks;

/// <summary>Cursors whose times follow each other, one behind the other.</summary>
internal sealed class SequenceCursor(ISampleCursor[] cursors) : ISampleCursor
{
    private int _at;

    public SampleKind Next => Current()?.Next ?? SampleKind.None;

    public int Read(Span<long> times, Span<double> values)
    {
        var read = 0;
        while (read < times.Length && Current() is { Next: SampleKind.Float } cursor)
        {
            read += cursor.Read(times[read..], values[read..]);
        }

        return read;
    }

    public FloatHistogram ReadHistogram(out long time) =>
        (Current() ?? throw new InvalidOperationException("the next sample is no histogram")).ReadHistogram(out time);

    public int Read(Span<long> times, Span<double> values, Span<long> starts)
    {
        var read = 0;
        while (read < times.Length && Current() is { Next: SampleKind.Float } cursor)
        {
            read += cursor.Read(times[read..], values[read..], starts[read..]);
        }

        return read;
    }

    public FloatHistogram ReadHistogram(out long time, out long start) =>
        (Current() ?? throw new InvalidOperationException("the next sample is no histogram")).ReadHistogram(out time, out start);

    private ISampleCursor? Current()
    {
        while (_at < cursors.Length && cursors[_at].Next == SampleKind.None)
        {
            _at++;
        }

        return _at < cursors.Length ? cursors[_at] : null;
    }
}
