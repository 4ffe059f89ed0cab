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

    /// <summary>
    /// The same metrics in this form; null where one of them has more than labels and a number, or not all are of one kind.
    /// </summary>
    /// <param name="known">Metrics whose array of labels is used again where it has the very same labels.</param>
    public static PlainMetrics? Of(IReadOnlyList<Metric> metrics, PlainMetrics? known = null)
    {
        var count = metrics.Count;
        var shared = known is not null && known.Count == count;
        for (var i = 0; i < count; i++)
        {
            var metric = metrics[i];
            if (metric.Payload is not (MetricPayload.Counter or MetricPayload.Gauge or MetricPayload.Untyped)
                || metric.Payload != metrics[0].Payload
                || metric.Exemplar is not null
                || metric.TimestampMs is not null
                || metric.CreatedUnixNano is not null)
            {
                return null;
            }

            shared = shared && ReferenceEquals(known!._labels[i], metric.Labels);
        }

        if (count == 0)
        {
            return null;
        }

        var labels = shared ? known!._labels : new Labels[count];
        var values = new double[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = metrics[i].Labels;
            values[i] = metrics[i].Value;
        }

        return new PlainMetrics(labels, metrics[0].Payload, values);
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
