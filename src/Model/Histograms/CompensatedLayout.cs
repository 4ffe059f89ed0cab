namespace Tallygate.Model.Histograms;

/// <summary>The buckets of one side of a running sum, each with its index and what its sum has lost, in ascending order.</summary>
internal sealed class CompensatedLayout
{
    private readonly List<(int Index, KahanSum Sum)> _buckets;

    private CompensatedLayout(List<(int Index, KahanSum Sum)> buckets) => _buckets = buckets;

    public IReadOnlyList<(int Index, KahanSum Sum)> Buckets => _buckets;

    public static CompensatedLayout Of(BucketSpan[] spans, double[] counts) =>
        new([.. BucketLayout.Of(spans, counts).Buckets.Select(static b => (b.Index, new KahanSum(b.Count)))]);

    /// <summary>Without the buckets up to and including <paramref name="last"/>.</summary>
    public CompensatedLayout Above(int last) => new(_buckets.FindAll(b => b.Index > last));

    /// <summary>Moves each bucket to another index, which may not fall as the old one rises, and adds up those that meet.</summary>
    public CompensatedLayout Mapped(Func<int, int> move)
    {
        var moved = new List<(int Index, KahanSum Sum)>(_buckets.Count);
        foreach (var (from, sum) in _buckets)
        {
            var index = move(from);
            if (moved.Count > 0 && moved[^1].Index == index)
            {
                var joined = moved[^1].Sum;
                joined.Add(sum.Sum);
                joined.Add(sum.Compensation);
                moved[^1] = (index, joined);
            }
            else
            {
                moved.Add((index, sum));
            }
        }

        return new CompensatedLayout(moved);
    }

    /// <summary>The buckets of both.</summary>
    public CompensatedLayout Plus(BucketLayout other)
    {
        var sum = new List<(int, KahanSum)>(_buckets.Count + other.Buckets.Count);
        var i = 0;
        foreach (var (index, count) in other.Buckets)
        {
            while (i < _buckets.Count && _buckets[i].Index < index)
            {
                sum.Add(_buckets[i++]);
            }

            if (i < _buckets.Count && _buckets[i].Index == index)
            {
                var bucket = _buckets[i++].Sum;
                bucket.Add(count);
                sum.Add((index, bucket));
            }
            else
            {
                sum.Add((index, new KahanSum(count)));
            }
        }

        sum.AddRange(_buckets[i..]);
        return new CompensatedLayout(sum);
    }

    public CompensatedLayout Scaled(Func<double, double> scale) =>
        new([.. _buckets.Select(b => (b.Index, new KahanSum(scale(b.Sum.Sum), scale(b.Sum.Compensation))))]);

    /// <summary>The buckets with what they have lost.</summary>
    public BucketLayout Total() => BucketLayout.Of(_buckets.Select(static b => (b.Index, b.Sum.Sum + b.Sum.Compensation)));

    /// <summary>Whether a sum is infinite.</summary>
    public bool HasOverflow => _buckets.Exists(static b => double.IsInfinity(b.Sum.Sum));
}
