using Tallygate.Model;

namespace Tallygate.Tsdb.Head;

/// <summary>Series by labels: chained buckets over a 64-bit hash, verified by content. Its user locks.</summary>
internal sealed class SeriesMap(Func<Labels, ulong> hash)
{
    private MemSeries?[] _buckets = new MemSeries?[64];
    private int _count;

    public MemSeries? Find(Labels labels)
    {
        for (var series = _buckets[Bucket(labels)]; series is not null; series = series.NextInBucket)
        {
            if (series.Labels.Equals(labels))
            {
                return series;
            }
        }

        return null;
    }

    /// <summary>Adds a series whose labels are not there yet.</summary>
    public void Add(MemSeries series)
    {
        if (_count == _buckets.Length)
        {
            Grow();
        }

        ref var bucket = ref _buckets[Bucket(series.Labels)];
        series.NextInBucket = bucket;
        bucket = series;
        _count++;
    }

    public void Remove(MemSeries series)
    {
        ref var bucket = ref _buckets[Bucket(series.Labels)];
        if (bucket == series)
        {
            bucket = series.NextInBucket;
            _count--;
            return;
        }

        for (var before = bucket; before is not null; before = before.NextInBucket)
        {
            if (before.NextInBucket == series)
            {
                before.NextInBucket = series.NextInBucket;
                _count--;
                return;
            }
        }
    }

    private int Bucket(Labels labels) => (int)(hash(labels) & (uint)(_buckets.Length - 1));

    private void Grow()
    {
        var old = _buckets;
        _buckets = new MemSeries?[old.Length * 2];
        foreach (var first in old)
        {
            for (var series = first; series is not null;)
            {
                var next = series.NextInBucket;
                ref var bucket = ref _buckets[Bucket(series.Labels)];
                series.NextInBucket = bucket;
                bucket = series;
                series = next;
            }
        }
    }
}
