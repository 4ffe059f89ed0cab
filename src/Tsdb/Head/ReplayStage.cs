using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// Where a replay collects the floats of many commits, to put them into the head series by series: each series' place in memory is then looked
/// for once for many samples, and their bits are made in one go, where one sample after the other would wait for memory each time.
/// </summary>
/// <remarks>
/// While samples are staged, the head does not have them; whatever else changes it, or looks at its samples, comes after <see cref="Flush"/>.
/// One thread uses it, before anybody reads.
/// </remarks>
internal sealed class ReplayStage(HeadBlock head)
{
    private const int LeastLimit = 1 << 18;
    private const int MostLimit = 1 << 20;
    private const int ScratchBytes = 1024 + 256;
    private readonly SampleColumns _columns = new();
    private readonly List<int> _touched = [];
    private readonly byte[] _scratch = new byte[ScratchBytes];
    private StagedSample[] _sorted = [];
    private Slot[] _slots = [];
    private int _generation = 1;
    private long _oldest = long.MaxValue;
    private long _newest = long.MinValue;

    /// <summary>Stages the samples of a commit, where it has only floats without starts.</summary>
    /// <returns>False: it has others, and the reader must begin anew. Nothing was staged.</returns>
    /// <exception cref="InvalidDataException">The bytes are no samples, or do not follow from those before.</exception>
    public bool TryAdd(ref RecordReader reader)
    {
        var count = CommitRecord.ReadDifferences(ref reader, _columns, out var check);
        if (count < 0)
        {
            return false;
        }

        Resolve(ref reader, count, check);
        if (_columns.Count >= Math.Clamp(head.SeriesCount * 16, LeastLimit, MostLimit))
        {
            Flush();
        }

        return true;
    }

    /// <summary>Puts what is staged into the head.</summary>
    public void Flush()
    {
        if (_columns.Count > 0)
        {
            Sort();
            head.Replay(Runs(), _scratch, _oldest, _newest);
            _columns.Count = 0;
            _touched.Clear();
            (_oldest, _newest) = (long.MaxValue, long.MinValue);
        }

        // Others may change the head now.
        _generation++;
    }

    // Two samples of a series in one commit both differ from what was before the commit.
    private void Resolve(ref RecordReader reader, int count, uint check)
    {
        var series = _columns.Series.AsSpan(_columns.Count, count);
        var times = _columns.Times.AsSpan(_columns.Count, count);
        var bits = _columns.Bits.AsSpan(_columns.Count, count);
        var found = 0U;
        for (var i = 0; i < count; i++)
        {
            ref var slot = ref SlotOf(ref reader, series[i]);
            bits[i] ^= slot.LastBits;
            found = CommitRecord.Fold(found, bits[i]);
        }

        if (found != check)
        {
            throw reader.Bad("the values do not follow from the records before");
        }

        var minTime = head.MinTime;
        for (var i = 0; i < count; i++)
        {
            ref var slot = ref _slots[series[i]];
            var time = times[i];
            if (time >= minTime && time >= slot.LastTime)
            {
                (slot.LastTime, slot.LastBits) = (time, bits[i]);
            }

            if (slot.Count++ == 0)
            {
                _touched.Add(series[i]);
            }

            _oldest = Math.Min(_oldest, time);
            _newest = Math.Max(_newest, time);
        }

        _columns.Count += count;
    }

    private ref Slot SlotOf(ref RecordReader reader, int id)
    {
        if ((uint)id >= (uint)_slots.Length)
        {
            // A new id is one that has just been named, and more will follow.
            Array.Resize(ref _slots, Math.Max(head.LastId + 1, Math.Min(_slots.Length, head.LastId) * 2));
        }

        if ((uint)id >= (uint)_slots.Length)
        {
            throw reader.Bad($"series {id} has not been named");
        }

        ref var slot = ref _slots[id];
        if (slot.Generation != _generation)
        {
            var known = head.Find(id) ?? throw reader.Bad($"series {id} has not been named");
            slot = new Slot { LastTime = known.LastTime, LastBits = known.LastBits, Generation = _generation };
        }

        return ref slot;
    }

    // By counting: where each series' samples begin, then each to its place.
    private void Sort()
    {
        if (_sorted.Length < _columns.Count)
        {
            _sorted = GC.AllocateUninitializedArray<StagedSample>(_columns.Series.Length);
        }

        _touched.Sort();
        var at = 0;
        foreach (var id in _touched)
        {
            ref var slot = ref _slots[id];
            slot.Next = at;
            at += slot.Count;
            slot.Count = 0;
        }

        var series = _columns.Series.AsSpan(0, _columns.Count);
        var times = _columns.Times.AsSpan(0, _columns.Count);
        var bits = _columns.Bits.AsSpan(0, _columns.Count);
        for (var i = 0; i < series.Length; i++)
        {
            _sorted[_slots[series[i]].Next++] = new StagedSample(times[i], bits[i]);
        }
    }

    private IEnumerable<(int Id, ReadOnlyMemory<StagedSample> Samples)> Runs()
    {
        var from = 0;
        foreach (var id in _touched)
        {
            var to = _slots[id].Next;
            yield return (id, _sorted.AsMemory(from, to - from));
            from = to;
        }
    }

    private struct Slot
    {
        // The newest in-order sample, of those that are staged too.
        public long LastTime;
        public long LastBits;

        // How many samples are staged, and where the next one is put when they are sorted.
        public int Count;
        public int Next;

        // What was read from the head in an older one may not stand there any more.
        public int Generation;
    }
}
