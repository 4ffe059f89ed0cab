using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>One entry of a scraped exposition. Its bytes are those of the body and valid as long as the body is.</summary>
public readonly ref struct ExpositionEntry
{
    /// <summary>What it is; it decides which of the other members count.</summary>
    public ExpositionEntryKind Kind { get; init; }

    /// <summary>Help, Type, Unit: the metric's name, escapes resolved.</summary>
    public string Metric { get; init; }

    /// <summary>Help, Unit, Comment: the text; of a help with its escapes resolved, of a comment from the <c>#</c> on.</summary>
    public string Text { get; init; }

    /// <summary>Type: the type.</summary>
    public MetricType Type { get; init; }

    /// <summary>
    /// Series: name and labels as they stand in the body, which is the key by which a scrape knows the series again without reading its labels.
    /// </summary>
    public ReadOnlySpan<byte> Series { get; init; }

    /// <summary>Series: the value; NaN is <see cref="StaleMarker.NormalNaN"/>.</summary>
    public double Value { get; init; }

    /// <summary>Series: the time, Unix milliseconds, where the exposition says one.</summary>
    public long? TimestampMs { get; init; }

    /// <summary>Series: the exemplar; OpenMetrics only.</summary>
    public Exemplar? Exemplar { get; init; }
}
