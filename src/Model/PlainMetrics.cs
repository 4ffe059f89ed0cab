using System.Collections;

namespace Tallygate.Model;

/// <summary>
/// Metrics that are nothing but labels and a number: the labels in an array that all pushes of one form share, the numbers in another. A
/// <see cref="Metric"/> is made for whoever asks for one. Immutable; thread-safe.
/// </summary>
public sealed class PlainMetrics : IReadOnlyList<Metric>
{
    private readonly Labels[] _labels;
    private readonly double[] _values;
    private readonly int _from;

    /// <summary>Takes over both arrays.</summary>
    /// <param name="payload">Counter, gauge or untyped.</param>
    /// <param name="from">Where in <paramref name="values"/> the first metric's value stands.</param>
    public PlainMetrics(Labels[] labels, MetricPayload payload, double[] values, int from = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from + labels.Length, values.Length, nameof(values));
        _labels = labels;
        _values = values;
        _from = from;
        Payload = payload;
    }

    /// <summary>What all of them are.</summary>
    public MetricPayload Payload { get; }

    /// <summary>The labels of each; where two lists give the same array, the metrics are those of the same series.</summary>
    public Labels[] Labels => _labels;

    /// <summary>The values.</summary>
    public ReadOnlySpan<double> Values => _values.AsSpan(_from, _labels.Length);

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <inheritdoc/>
    public Metric this[int index] => new() { Labels = _labels[index], Payload = Payload, Value = _values[_from + index] };

    /// <inheritdoc/>
    public IEnumerator<Metric> GetEnumerator()
    {
        for (var i = 0; i < _labels.Length; i++)
        {
            yield return this[i];
        }
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
