namespace Tallygate.Tsdb.Head;

/// <summary>
/// The late samples of one series in ascending time. The series' lock guards it. An array that a reader was given is not changed any more:
/// the next insertion makes a new one.
/// </summary>
internal sealed class LateSamples
{
    private LateSample[] _samples = new LateSample[2];
    private bool _shared;

    public int Count { get; private set; }

    public ReadOnlySpan<LateSample> Span => _samples.AsSpan(0, Count);

    public ReadOnlyMemory<LateSample> Share()
    {
        _shared = true;
        return _samples.AsMemory(0, Count);
    }

    /// <summary>Where the first sample at or after <paramref name="time"/> stands.</summary>
    public int Find(long time)
    {
        var (from, to) = (0, Count);
        while (from < to)
        {
            var middle = (from + to) >> 1;
            (from, to) = _samples[middle].Time < time ? (middle + 1, to) : (from, middle);
        }

        return from;
    }

    public void Insert(LateSample sample)
    {
        var at = Find(sample.Time);
        if (_shared || Count == _samples.Length)
        {
            var copy = new LateSample[Count == _samples.Length ? Count * 2 : _samples.Length];
            _samples.AsSpan(0, at).CopyTo(copy);
            _samples.AsSpan(at, Count - at).CopyTo(copy.AsSpan(at + 1));
            _samples = copy;
            _shared = false;
        }
        else
        {
            _samples.AsSpan(at, Count - at).CopyTo(_samples.AsSpan(at + 1));
        }

        _samples[at] = sample;
        Count++;
    }

    /// <summary>Drops the samples before a time that came with a version or before it.</summary>
    public void DropBefore(long time, long version)
    {
        var rest = Array.FindAll(_samples[..Count], s => s.Time >= time || s.Version > version);
        if (rest.Length < Count)
        {
            Count = rest.Length;
            _samples = rest.Length >= 2 ? rest : [.. rest, .. new LateSample[2 - rest.Length]];
            _shared = false;
        }
    }
}
