using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// Finds a free millisecond for a push that happened at another time than now. What <see cref="PushClock"/> no longer remembers stands in
/// the store of the pushed series; what is on its way there is in the batches that have not landed. Belongs to the writer.
/// </summary>
internal sealed class LateStamps(IQueryableStorage booked)
{
    private const int WindowMs = 1000;

    private readonly Queue<PushBatch> _underWay = new();
    private PushBatch? _newest;
    private readonly long[] _times = new long[256];
    private readonly double[] _values = new double[256];

    /// <summary>What the parts of a request that were judged so far leave, while the others are judged; null where a request has no parts.</summary>
    public IReadOnlyList<PushRecord>? Parts { get; set; }

    /// <summary>Takes note of a batch that is being judged.</summary>
    public void Begin(PushBatch batch)
    {
        if (!ReferenceEquals(_newest, batch))
        {
            _newest = batch;
            _underWay.Enqueue(batch);
        }
    }

    /// <summary>Takes note that a batch is durable and folded.</summary>
    public void Landed(PushBatch batch)
    {
        while (_underWay.TryPeek(out var oldest) && oldest.Number <= batch.Number)
        {
            _underWay.Dequeue();
        }
    }

    /// <summary>Forgets the batches that were lost.</summary>
    public void Clear()
    {
        _underWay.Clear();
        _newest = null;
    }

    /// <summary>The first millisecond at or after a time at which no series with all labels of the group has a sample; false where the second
    /// behind it is full.</summary>
    /// <remarks>Every series that a push books has its group's labels, so no other series can be in the way.</remarks>
    public bool TryFind(Labels grouping, PushClock clock, ReadOnlySpan<ulong> keys, long firstMs, out long stamp)
    {
        var used = Used(grouping, firstMs, firstMs + WindowMs);
        stamp = firstMs;
        while (used.Contains(stamp) || clock.IsTaken(keys, stamp))
        {
            stamp++;
        }

        return stamp - firstMs <= WindowMs;
    }

    /// <summary>The newest stamp between two times, both in it, of the series with all labels of the group; one before the first where there is none.</summary>
    public long Newest(Labels grouping, long firstMs, long lastMs) =>
        Used(grouping, firstMs, lastMs).Where(s => s >= firstMs && s <= lastMs).DefaultIfEmpty(firstMs - 1).Max();

    private HashSet<long> Used(Labels grouping, long firstMs, long last)
    {
        var used = new HashSet<long>();
        foreach (var records in _underWay.Select(static b => (IReadOnlyList<PushRecord>)b.Records).Append(Parts ?? []))
        {
            foreach (var record in records)
            {
                used.Add(record.Stamp);
            }
        }

        using var querier = booked.Querier(firstMs, last);
        var matchers = new List<LabelMatcher>();
        foreach (ref readonly var label in grouping.AsSpan())
        {
            if (label.Value.Length > 0)
            {
                matchers.Add(new LabelMatcher(Model.MatchType.Equal, label.Name, label.Value));
            }
        }

        var series = querier.Select(false, new SelectHints(firstMs, last), matchers);
        while (series.MoveNext())
        {
            Add(series.Current.Samples(firstMs, last), used);
        }

        return used;
    }

    private void Add(ISampleCursor cursor, HashSet<long> used)
    {
        while (cursor.Next != SampleKind.None)
        {
            if (cursor.Next == SampleKind.Float)
            {
                var count = cursor.Read(_times, _values);
                foreach (var time in _times.AsSpan(0, count))
                {
                    used.Add(time);
                }
            }
            else
            {
                cursor.ReadHistogram(out var time);
                used.Add(time);
            }
        }
    }
}
