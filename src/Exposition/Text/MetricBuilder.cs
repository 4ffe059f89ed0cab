using Tallygate.Model;

namespace Tallygate.Exposition.Text;

/// <summary>One summary or histogram in the making.</summary>
internal sealed class MetricBuilder
{
    private readonly List<Quantile> _quantiles = [];
    private readonly List<ClassicBucket> _buckets = [];
    private ulong? _count;
    private double? _countFloat;
    private double? _sum;

    public Labels Labels { get; private set; } = Labels.Empty;

    public long? TimestampMs { get; set; }

    public void Begin(Labels labels) => Labels = labels;

    /// <summary>Adds a quantile, the sum or the count; a line that is none of them says nothing but that the summary is there.</summary>
    public void AddToSummary(SampleRole role, double? rank, double value)
    {
        if (role == SampleRole.Count)
        {
            _count = Truncate(value);
        }
        else if (role == SampleRole.Sum)
        {
            _sum = value;
        }
        else if (rank is { } known && !double.IsNaN(known))
        {
            _quantiles.Add(new Quantile(known, value));
        }
    }

    /// <summary>Adds a bucket, the sum or the count; false where a count is below zero.</summary>
    public bool TryAddToHistogram(SampleRole role, double? bound, double value)
    {
        if (role == SampleRole.Sum)
        {
            _sum = value;
            return true;
        }

        if (role == SampleRole.Plain && (bound is not { } known || double.IsNaN(known)))
        {
            return true;
        }

        var whole = IsWhole(value) ? (ulong)value : (ulong?)null;
        if (whole is null && value < 0)
        {
            return false;
        }

        double? inFloat = whole is null ? value : null;
        if (role == SampleRole.Plain)
        {
            _buckets.Add(new ClassicBucket(bound!.Value, whole, inFloat));
        }
        else
        {
            _count = whole ?? _count;
            _countFloat = inFloat ?? _countFloat;
        }

        return true;
    }

    public Metric Build(bool isSummary) => new()
    {
        Labels = Labels,
        TimestampMs = TimestampMs,
        Payload = isSummary ? MetricPayload.Summary : MetricPayload.Histogram,
        Summary = isSummary ? new Summary { SampleCount = _count, SampleSum = _sum, Quantiles = _quantiles.ToArray() } : null,
        Histogram = isSummary ? null : BuildHistogram(),
    };

    public void Clear()
    {
        Labels = Labels.Empty;
        TimestampMs = null;
        _quantiles.Clear();
        _buckets.Clear();
        _count = null;
        _countFloat = null;
        _sum = null;
    }

    /// <summary>A histogram counts either all whole or all in floats.</summary>
    private Histogram BuildHistogram()
    {
        if (_countFloat is null or 0 && !_buckets.Exists(static b => b.CumulativeCountFloat is not (null or 0)))
        {
            return new Histogram { SampleCount = _count, SampleCountFloat = _countFloat, SampleSum = _sum, Buckets = _buckets.ToArray() };
        }

        var buckets = _buckets.ToArray();
        for (var i = 0; i < buckets.Length; i++)
        {
            var bucket = buckets[i];
            buckets[i] = new ClassicBucket(bucket.UpperBound, null, bucket.CumulativeCountFloat ?? bucket.CumulativeCount ?? 0);
        }

        return new Histogram { SampleCountFloat = _countFloat ?? _count ?? 0, SampleSum = _sum, Buckets = buckets };
    }

    private static bool IsWhole(double value) => value >= 0 && value < 18446744073709551616.0 && Math.Floor(value) == value;

    /// <summary>As Go converts on amd64, which is what upstream books for a summary's count.</summary>
    private static ulong Truncate(double value)
    {
        const ulong OutOfRange = 1UL << 63;
        if (value is >= 0 and < 18446744073709551616.0)
        {
            return (ulong)value;
        }

        return value is < 0 and >= -9223372036854775808.0 ? unchecked((ulong)(long)value) : OutOfRange;
    }
}
