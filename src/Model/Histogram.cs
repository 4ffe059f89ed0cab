namespace Tallygate.Model;

/// <summary>A histogram as <c>io.prometheus.client.Histogram</c>: classic buckets, native buckets, or both. Immutable once shared.</summary>
public sealed class Histogram
{
    /// <summary>How many observations, where the count is whole.</summary>
    public ulong? SampleCount { get; init; }

    /// <summary>How many observations, where the histogram counts in floats.</summary>
    public double? SampleCountFloat { get; init; }

    /// <summary>The sum of the observations.</summary>
    public double? SampleSum { get; init; }

    /// <summary>The classic buckets in the order given.</summary>
    public ClassicBucket[] Buckets { get; init; } = [];

    /// <summary>When counting began, Unix nanoseconds.</summary>
    public long? CreatedUnixNano { get; init; }

    /// <summary>The native part's resolution; null where there is no native part.</summary>
    public int? Schema { get; init; }

    /// <summary>Half the width of the native zero bucket.</summary>
    public double? ZeroThreshold { get; init; }

    /// <summary>The native zero bucket's whole count.</summary>
    public ulong? ZeroCount { get; init; }

    /// <summary>The native zero bucket's float count.</summary>
    public double? ZeroCountFloat { get; init; }

    /// <summary>Runs of negative native buckets.</summary>
    public BucketSpan[] NegativeSpans { get; init; } = [];

    /// <summary>Whole counts of the negative buckets, each as the difference to the bucket before.</summary>
    public long[] NegativeDeltas { get; init; } = [];

    /// <summary>Float counts of the negative buckets, absolute.</summary>
    public double[] NegativeCounts { get; init; } = [];

    /// <summary>Runs of positive native buckets.</summary>
    public BucketSpan[] PositiveSpans { get; init; } = [];

    /// <summary>Whole counts of the positive buckets, each as the difference to the bucket before.</summary>
    public long[] PositiveDeltas { get; init; } = [];

    /// <summary>Float counts of the positive buckets, absolute.</summary>
    public double[] PositiveCounts { get; init; } = [];

    /// <summary>Exemplars of the native part.</summary>
    public Exemplar[] Exemplars { get; init; } = [];
}
