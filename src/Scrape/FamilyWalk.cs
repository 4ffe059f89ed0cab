using System.Buffers;
using System.Text;
using Tallygate.Exposition;
using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Scrape;

/// <summary>
/// The series of families of a protobuf answer one by one, in Prometheus's order: of a histogram the native one, then count, sum and
/// buckets; of a summary count, sum and quantiles. A series comes with bytes by which the cache knows it again. Not thread-safe.
/// </summary>
internal sealed class FamilyWalk(ScrapeDefinition definition) : IDisposable
{
    private const int NativePart = -3;
    private const int Count = -2;
    private const int Sum = -1;

    // No text of an exposition begins with this byte, which no UTF-8 has.
    private const byte Mark = 0xff;

    private byte[] _key = ArrayPool<byte>.Shared.Rent(512);
    private int _keyLength;
    private MetricFamily _family = null!;
    private Metric _metric = null!;
    private int _at;
    private int _part;
    private int _parts;
    private double _value;
    private Exemplar? _exemplar;

    /// <summary>The native histogram that the series is at; null where it is a float.</summary>
    public FloatHistogram? Native { get; private set; }

    /// <summary>The exemplars of a native histogram, in the order in which a store takes them.</summary>
    public IReadOnlyList<Exemplar> Exemplars { get; private set; } = [];

    /// <summary>The series at hand, as the text readers give it.</summary>
    public ExpositionEntry Entry => new()
    {
        Kind = ExpositionEntryKind.Series,
        Series = _key.AsSpan(0, _keyLength),
        Value = _value,
        TimestampMs = _metric.TimestampMs is 0 ? null : _metric.TimestampMs,
        Exemplar = _exemplar,
    };

    /// <summary>Stands before the first series of a family.</summary>
    public void Begin(MetricFamily family)
    {
        _family = family;
        _at = -1;
        (_part, _parts) = (0, 0);
    }

    /// <summary>Goes to the next series of the family.</summary>
    public bool MoveNext()
    {
        if (++_part >= _parts)
        {
            if (++_at == _family.Metrics.Count)
            {
                return false;
            }

            _metric = _family.Metrics[_at];
            (_part, _parts) = Parts();
        }

        Native = null;
        _exemplar = null;
        Exemplars = [];
        Read();
        WriteKey();
        return true;
    }

    /// <summary>The labels of the series, as exposed, with its name.</summary>
    public Labels MakeLabels()
    {
        var labels = _metric.Labels.With(Labels.MetricName, _family.Name + Suffix());
        return Bound() is { } bound ? labels.With(bound.Label, FloatText.Format(bound.Value, FloatForm.Label)) : labels;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_key);
        _key = [];
    }

    private (int First, int End) Parts()
    {
        if (_metric.Summary is { } summary)
        {
            return (Count, summary.Quantiles.Length);
        }

        if (_metric.Histogram is not { } histogram)
        {
            return (0, 1);
        }

        var buckets = histogram.Buckets.Length + (HasInfinity(histogram) ? 0 : 1);
        return !definition.NativeHistograms || !NativeHistograms.HasNative(histogram) ? (Count, buckets)
            : definition.AlwaysClassicHistograms && histogram.Buckets.Length > 0 ? (NativePart, buckets)
            : (NativePart, Count);
    }

    private void Read()
    {
        if (_metric.Summary is { } summary)
        {
            _value = _part switch { Count => summary.SampleCount ?? 0, Sum => summary.SampleSum ?? 0, _ => summary.Quantiles[_part].Value };
        }
        else if (_metric.Histogram is not { } histogram)
        {
            _value = _metric.Value;
            _exemplar = _metric.Exemplar;
        }
        else if (_part == NativePart)
        {
            ReadNative(histogram);
        }
        else
        {
            var count = histogram.SampleCountFloat ?? histogram.SampleCount ?? 0;
            var isBucket = _part >= 0 && _part < histogram.Buckets.Length;
            var bucket = isBucket ? histogram.Buckets[_part] : default;
            _value = isBucket ? bucket.CumulativeCountFloat ?? bucket.CumulativeCount ?? 0
                : _part == Sum ? histogram.SampleSum ?? 0
                : count;
            _exemplar = bucket.Exemplar;
        }

        // Any NaN but the stale marker's, which would end the series.
        _value = double.IsNaN(_value) ? StaleMarker.NormalNaN : _value;
    }

    private void ReadNative(Histogram histogram)
    {
        _value = 0;
        var native = NativeHistograms.ToFloat(histogram);
        native.CounterResetHint = _family.Type == MetricType.GaugeHistogram ? CounterResetHint.Gauge : CounterResetHint.Unknown;
        native.Compact();
        Native = native;

        // Those without a time of their own cannot be told apart when they come again.
        var all = histogram.Exemplars.Length > 0
            ? histogram.Exemplars
            : histogram.Buckets.Select(static b => b.Exemplar).OfType<Exemplar>();
        Exemplars =
        [
            .. all.Where(static e => e.TimestampUnixNano is not null)
                .OrderBy(static e => e.TimestampUnixNano).ThenBy(static e => e.Value).ThenBy(static e => e.Labels),
        ];
    }

    private string Suffix() => _metric.Summary is null && _metric.Histogram is null ? "" : _part switch
    {
        NativePart => "",
        Count => "_count",
        Sum => "_sum",
        _ => _metric.Summary is null ? "_bucket" : "",
    };

    private (string Label, double Value)? Bound() => _part < 0 ? null
        : _metric.Summary is { } summary ? ("quantile", summary.Quantiles[_part].Rank)
        : _metric.Histogram is not { } histogram ? null
        : ("le", _part < histogram.Buckets.Length ? histogram.Buckets[_part].UpperBound : double.PositiveInfinity);

    private void WriteKey()
    {
        _keyLength = 0;
        Write([Mark]);
        Write(_family.Name);
        Write(Suffix());
        foreach (ref readonly var label in _metric.Labels.AsSpan())
        {
            Write([Mark]);
            Write(label.Name);
            Write([Mark]);
            Write(label.Value);
        }

        if (Bound() is { } bound)
        {
            Write([Mark, Mark]);
            Write(BitConverter.GetBytes(bound.Value));
        }
    }

    private void Write(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        _keyLength += Encoding.UTF8.GetBytes(text, Room(length));
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _keyLength += bytes.Length;
    }

    private Span<byte> Room(int length)
    {
        if (_keyLength + length > _key.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * (_keyLength + length));
            _key.AsSpan(0, _keyLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_key);
            _key = larger;
        }

        return _key.AsSpan(_keyLength, length);
    }

    private static bool HasInfinity(Histogram histogram) =>
        histogram.Buckets.Length > 0 && double.IsPositiveInfinity(histogram.Buckets[^1].UpperBound);
}
