namespace Tallygate.Wal;

/// <summary>Where some batches of a segment begin: one per 64 KiB, so that a reader need not read a segment from its start.</summary>
internal sealed class OffsetIndex
{
    private const long Distance = 64 * 1024;

    private readonly List<(long Sequence, long Offset)> _points = [];

    /// <summary>Takes note of a batch; batches come in order.</summary>
    public void Add(long firstSequence, long offset)
    {
        if (_points.Count == 0 || offset - _points[^1].Offset >= Distance)
        {
            _points.Add((firstSequence, offset));
        }
    }

    /// <summary>Forgets the batches from <paramref name="sequence"/> on, which turned out not to be durable.</summary>
    public void CutFrom(long sequence)
    {
        while (_points.Count > 0 && _points[^1].Sequence >= sequence)
        {
            _points.RemoveAt(_points.Count - 1);
        }
    }

    /// <summary>The last known batch that begins at or before <paramref name="sequence"/>; the segment's first one where none is known.</summary>
    public (long Sequence, long Offset)? Find(long sequence)
    {
        var low = 0;
        var high = _points.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_points[middle].Sequence <= sequence)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low == 0 ? null : _points[low - 1];
    }
}
