namespace Tallygate.Model;

/// <summary>A summary as <c>io.prometheus.client.Summary</c>. Immutable once shared.</summary>
public sealed class Summary
{
    /// <summary>How many observations; null where none was given.</summary>
    public ulong? SampleCount { get; init; }

    /// <summary>Their sum; null where none was given.</summary>
    public double? SampleSum { get; init; }

    /// <summary>The quantiles in the order given.</summary>
    public Quantile[] Quantiles { get; init; } = [];

    /// <summary>When counting began, Unix nanoseconds.</summary>
    public long? CreatedUnixNano { get; init; }
}
