using Tallygate.Model;

namespace Tallygate.Gateway.Totals;

/// <summary>A running total that is one number.</summary>
internal sealed class PlainTotal : Total
{
    private readonly TotalKind _kind;
    private readonly ExactSum? _sum;
    private double _value;
    private long _stamp = long.MinValue;
    private double _published;

    public PlainTotal(string family, Labels labels, TotalKind kind, long bornMs)
        : base(family, kind is TotalKind.Sum or TotalKind.Count ? MetricType.Counter : MetricType.Gauge, labels, bornMs)
    {
        _kind = kind;
        _sum = kind == TotalKind.Sum ? new ExactSum() : null;
    }

    /// <summary>Why a value cannot be taken; null where it can.</summary>
    public static LeftOut? Fault(TotalKind kind, double value) => Fault(value, kind == TotalKind.Sum);

    /// <summary>Takes a value that has no fault.</summary>
    /// <param name="stamp">When it was pushed; of two values of one time the later counts as the newer.</param>
    public void Take(double value, long stamp)
    {
        switch (_kind)
        {
            case TotalKind.Sum:
                _sum!.Add(value);
                break;
            case TotalKind.Count:
                _value++;
                break;
            case TotalKind.Last when stamp >= _stamp:
            case TotalKind.Max when _stamp == long.MinValue || value > _value:
            case TotalKind.Min when _stamp == long.MinValue || value < _value:
                _value = value;
                break;
            default:
                break;
        }

        _stamp = Math.Max(_stamp, stamp);
    }

    /// <inheritdoc/>
    public override void Publish() => _published = _sum?.Value ?? _value;

    /// <inheritdoc/>
    public override Metric ToMetric(bool zero) => Type == MetricType.Counter
        ? new Metric
        {
            Labels = Labels,
            Payload = MetricPayload.Counter,
            Value = zero ? 0 : _published,
            CreatedUnixNano = BornMs * 1_000_000,
        }
        : new Metric { Labels = Labels, Payload = MetricPayload.Gauge, Value = _published };
}
