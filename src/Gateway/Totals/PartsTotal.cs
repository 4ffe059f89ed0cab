using Tallygate.Model;

namespace Tallygate.Gateway.Totals;

/// <summary>The running total of a histogram's classic buckets, or of a summary without its quantiles: each part is a sum of its own.</summary>
internal sealed class PartsTotal : Total
{
    private readonly double[] _bounds;
    private readonly ExactSum[] _buckets;
    private readonly ExactSum _count = new();
    private readonly ExactSum _sum = new();
    private readonly double[] _publishedBuckets;
    private double _publishedCount;
    private double _publishedSum;

    /// <param name="bounds">The upper bounds of the buckets but for +Inf, whose count is that of all; null for a summary.</param>
    public PartsTotal(string family, Labels labels, double[]? bounds, long bornMs)
        : base(family, bounds is null ? MetricType.Summary : MetricType.Histogram, labels, bornMs)
    {
        _bounds = bounds ?? [];
        _buckets = Array.ConvertAll(_bounds, static _ => new ExactSum());
        _publishedBuckets = new double[_bounds.Length];
    }

    /// <summary>The bounds of a histogram's classic buckets, without +Inf.</summary>
    public static double[] BoundsOf(Histogram histogram) =>
        [.. histogram.Buckets.Select(static b => b.UpperBound).Where(static b => !double.IsPositiveInfinity(b))];

    /// <summary>Adds a histogram; says what of it was left out.</summary>
    public LeftOut? Take(Histogram histogram)
    {
        var bounds = BoundsOf(histogram);
        if (!bounds.AsSpan().SequenceEqual(_bounds))
        {
            return LeftOut.Bounds;
        }

        // A broken bucket spoils the others: cumulative counts belong together.
        if (CountFault(histogram.SampleCountFloat) is { } wrong)
        {
            return wrong;
        }

        for (var i = 0; i < bounds.Length; i++)
        {
            if (CountFault(histogram.Buckets[i].CumulativeCountFloat) is { } fault)
            {
                return fault;
            }
        }

        for (var i = 0; i < bounds.Length; i++)
        {
            Add(_buckets[i], histogram.Buckets[i].CumulativeCount, histogram.Buckets[i].CumulativeCountFloat);
        }

        Add(_count, histogram.SampleCount, histogram.SampleCountFloat);
        return AddSum(histogram.SampleSum);
    }

    /// <summary>Adds a summary's count and sum; says what was left out.</summary>
    public LeftOut? Take(Summary summary)
    {
        Add(_count, summary.SampleCount, null);
        return AddSum(summary.SampleSum);
    }

    /// <inheritdoc/>
    public override void Publish()
    {
        for (var i = 0; i < _buckets.Length; i++)
        {
            _publishedBuckets[i] = _buckets[i].Value;
        }

        _publishedCount = _count.Value;
        _publishedSum = _sum.Value;
    }

    /// <inheritdoc/>
    public override Metric ToMetric(bool zero)
    {
        var created = BornMs * 1_000_000;
        var count = zero ? 0 : _publishedCount;
        var sum = zero ? 0 : _publishedSum;
        if (Type == MetricType.Summary)
        {
            var summary = new Summary { SampleCount = (ulong)count, SampleSum = sum, CreatedUnixNano = created };
            return new Metric { Labels = Labels, Payload = MetricPayload.Summary, Summary = summary };
        }

        var whole = IsWhole(_publishedCount) && Array.TrueForAll(_publishedBuckets, IsWhole);
        var buckets = new ClassicBucket[_bounds.Length + 1];
        for (var i = 0; i < buckets.Length; i++)
        {
            var value = i == _bounds.Length ? count : zero ? 0 : _publishedBuckets[i];
            var bound = i == _bounds.Length ? double.PositiveInfinity : _bounds[i];
            buckets[i] = whole ? new ClassicBucket(bound, (ulong)value) : new ClassicBucket(bound, null, value);
        }

        var histogram = new Histogram
        {
            SampleCount = whole ? (ulong)count : null,
            SampleCountFloat = whole ? null : count,
            SampleSum = sum,
            Buckets = buckets,
            CreatedUnixNano = created,
        };
        return new Metric { Labels = Labels, Payload = MetricPayload.Histogram, Histogram = histogram };
    }

    private static bool IsWhole(double value) => value < 1.8e19 && Math.Floor(value) == value;

    private static LeftOut? CountFault(double? value) => value is { } count ? Fault(count, sum: true) : null;

    private static void Add(ExactSum target, ulong? whole, double? real)
    {
        if (real is { } value)
        {
            target.Add(value);
        }
        else
        {
            target.Add(whole ?? 0);
        }
    }

    private LeftOut? AddSum(double? sum)
    {
        var value = sum ?? 0;
        if (Fault(value, sum: true) is { } fault)
        {
            return fault;
        }

        _sum.Add(value);
        return null;
    }
}
