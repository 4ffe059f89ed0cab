using Tallygate.Model;

namespace Tallygate.Exposition.OpenMetrics;

/// <summary>
/// One metric of a family in the making, at one time: the lines that have its labels. Gives a reason for each line, and for the whole, that the
/// specification does not allow. Used again after <see cref="Begin"/>.
/// </summary>
internal sealed class OpenMetricsPoint
{
    private readonly List<Quantile> _quantiles = [];
    private readonly List<ClassicBucket> _buckets = [];
    private MetricType _type;
    private double? _value;
    private double? _sum;
    private ulong? _count;
    private long? _created;
    private Exemplar? _exemplar;

    /// <summary>The labels but for <c>le</c> and <c>quantile</c>.</summary>
    public Labels Labels { get; private set; } = Labels.Empty;

    public long? TimestampMs { get; private set; }

    /// <summary>Whether lines were added since the last <see cref="Build"/>.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether the value is there already.</summary>
    public bool HasValue => _value is not null;

    /// <summary>Forgets the lines that were added.</summary>
    public void Drop() => IsOpen = false;

    public void Begin(MetricType type, Labels labels, long? timestampMs)
    {
        _type = type;
        Labels = labels;
        TimestampMs = timestampMs;
        IsOpen = true;
        _quantiles.Clear();
        _buckets.Clear();
        _value = null;
        _sum = null;
        _count = null;
        _created = null;
        _exemplar = null;
    }

    /// <summary>Adds a line; the reason where it may not be.</summary>
    /// <param name="bound">The quantile's rank or the bucket's upper bound.</param>
    public string? Add(OpenMetricsRole role, double bound, double value, Exemplar? exemplar) => role switch
    {
        OpenMetricsRole.Total => Take(ref _value, value, "a counter's value", exemplar),
        OpenMetricsRole.Value => TakeValue(value),
        OpenMetricsRole.Created => TakeCreated(value),
        OpenMetricsRole.Sum => TakeSum(value),
        OpenMetricsRole.Count => TakeCount(value),
        OpenMetricsRole.Quantile => TakeQuantile(bound, value),
        _ => TakeBucket(bound, value, exemplar),
    };

    /// <summary>Ends the metric; null, and the reason, where it is not whole.</summary>
    public Metric? Build(out string? fault)
    {
        IsOpen = false;
        fault = _type is MetricType.Histogram or MetricType.GaugeHistogram ? HistogramFault()
            : _type == MetricType.Counter && _value is null ? "has no line _total" : null;
        if (fault is not null)
        {
            return null;
        }

        return _type switch
        {
            MetricType.Summary => new Metric
            {
                Labels = Labels,
                TimestampMs = TimestampMs,
                Payload = MetricPayload.Summary,
                Summary = new Summary { SampleCount = _count, SampleSum = _sum, Quantiles = [.. _quantiles], CreatedUnixNano = _created },
            },
            MetricType.Histogram or MetricType.GaugeHistogram => new Metric
            {
                Labels = Labels,
                TimestampMs = TimestampMs,
                Payload = MetricPayload.Histogram,
                Histogram = new Histogram
                {
                    SampleCount = _count ?? _buckets[^1].CumulativeCount,
                    SampleSum = _sum,
                    Buckets = [.. _buckets],
                    CreatedUnixNano = _created,
                },
            },
            MetricType.Counter => new Metric
            {
                Labels = Labels,
                TimestampMs = TimestampMs,
                Payload = MetricPayload.Counter,
                Value = _value ?? 0,
                Exemplar = _exemplar,
                CreatedUnixNano = _created,
            },
            _ => new Metric
            {
                Labels = Labels,
                TimestampMs = TimestampMs,
                Payload = _type == MetricType.Untyped ? MetricPayload.Untyped : MetricPayload.Gauge,
                Value = _value ?? 0,
            },
        };
    }

    private string? TakeValue(double value)
    {
        if (_type == MetricType.Info && value != 1)
        {
            return "the value of an info is 1";
        }

        if (_type == MetricType.StateSet && value is not (0 or 1))
        {
            return "the value of a state is 0 or 1";
        }

        _value = value;
        return null;
    }

    private string? Take(ref double? into, double value, string what, Exemplar? exemplar = null)
    {
        if (into is not null)
        {
            return $"{what} stands twice";
        }

        if (double.IsNaN(value) || value < 0)
        {
            return $"{what} cannot be NaN or below zero";
        }

        into = value;
        _exemplar = exemplar;
        return null;
    }

    private string? TakeSum(double value)
    {
        if (_type != MetricType.GaugeHistogram)
        {
            return Take(ref _sum, value, "a sum");
        }

        // The sum of a gauge histogram may be below zero where its buckets are; they may come later.
        if (_sum is not null || double.IsNaN(value))
        {
            return _sum is null ? "a sum cannot be NaN" : "a sum stands twice";
        }

        _sum = value;
        return null;
    }

    private string? TakeCount(double value)
    {
        if (_count is not null)
        {
            return "a count stands twice";
        }

        _count = Whole(value);
        return _count is null ? "a count is a whole number from zero on" : null;
    }

    private string? TakeCreated(double value)
    {
        const double Latest = long.MaxValue / 1e9;
        if (_created is not null)
        {
            return "the time of creation stands twice";
        }

        if (double.IsNaN(value) || Math.Abs(value) >= Latest)
        {
            return "the time of creation is no time";
        }

        _created = OpenMetricsReader.ToUnixNano(value);
        return null;
    }

    private string? TakeQuantile(double rank, double value)
    {
        if (value < 0)
        {
            return "a quantile's value cannot be below zero";
        }

        _quantiles.Add(new Quantile(rank, value));
        return null;
    }

    private string? TakeBucket(double bound, double value, Exemplar? exemplar)
    {
        if (Whole(value) is not { } count)
        {
            return "a bucket's value is a whole number from zero on";
        }

        if (_buckets.Count > 0 && bound <= _buckets[^1].UpperBound)
        {
            return "buckets stand in the order of their bounds, each once";
        }

        if (_buckets.Count > 0 && count < _buckets[^1].CumulativeCount)
        {
            return "buckets are cumulative: none is below the one before";
        }

        _buckets.Add(new ClassicBucket(bound, count, null, exemplar));
        return null;
    }

    private string? HistogramFault()
    {
        if (_buckets.Count == 0 || !double.IsPositiveInfinity(_buckets[^1].UpperBound))
        {
            return "has no bucket le=\"+Inf\"";
        }

        if (_count is { } count && count != _buckets[^1].CumulativeCount)
        {
            return "has a count that is not that of its bucket le=\"+Inf\"";
        }

        if ((_sum is null) != (_count is null))
        {
            return _sum is null ? "has a count and no sum" : "has a sum and no count";
        }

        var belowZero = _buckets[0].UpperBound < 0;
        if (_type == MetricType.Histogram ? belowZero && _sum is not null : !belowZero && _sum < 0)
        {
            return belowZero ? "has buckets below zero, and can then have no sum" : "has a sum below zero and no bucket there";
        }

        return null;
    }

    private static ulong? Whole(double value) =>
        value >= 0 && value < 18446744073709551616.0 && Math.Floor(value) == value ? (ulong)value : null;
}
