using Tallygate.Model;

namespace Tallygate.Gateway.Totals;

/// <summary>
/// Totals as families, kept until one of them changes. The writer is held up only while the changed ones are copied, never while families are
/// put together. Thread-safe.
/// </summary>
/// <param name="totals">Where the totals are.</param>
internal sealed class TotalsView(RunningTotals totals)
{
    private readonly Lock _gate = new();
    private Total[] _all = [];
    private Metric[] _metrics = [];
    private bool[] _zero = [];
    private IReadOnlyList<MetricFamily> _families = [];
    private long _shape = -1;
    private long _version = -1;
    private long _zeroForMs;

    // Between these times the same totals show 0.
    private long _fromMs;
    private long _untilMs;

    /// <summary>All totals as published, as families sorted by name, their metrics by labels.</summary>
    /// <param name="nowMs">Unix milliseconds.</param>
    /// <param name="zeroForMs">How long after its birth a counting total shows 0; <see cref="long.MinValue"/> for the true totals.</param>
    public IReadOnlyList<MetricFamily> Families(long nowMs, long zeroForMs)
    {
        lock (_gate)
        {
            while (true)
            {
                if (_shape != totals.Shape)
                {
                    Arrange();
                }

                lock (totals.Publishing)
                {
                    if (_shape != totals.Shape)
                    {
                        continue;
                    }

                    if (_version == totals.Version && _zeroForMs == zeroForMs && nowMs >= _fromMs && nowMs < _untilMs)
                    {
                        return _families;
                    }

                    Take(nowMs, zeroForMs);
                    _version = totals.Version;
                }

                _zeroForMs = zeroForMs;
                _families = Together();
                return _families;
            }
        }
    }

    /// <summary>Puts the totals in their order. Where groups that come one after the other gave a name two types, the first stays.</summary>
    private void Arrange()
    {
        (Total[] all, _shape) = totals.Published();
        var types = new Dictionary<string, MetricType>(StringComparer.Ordinal);
        foreach (var total in all)
        {
            types.TryAdd(total.Family, total.Type);
        }

        _all = Array.FindAll(all, t => types[t.Family] == t.Type);
        Array.Sort(_all, static (a, b) => Utf8Order.CompareOrdinal(a.Family, b.Family) is var order and not 0 ? order : a.Labels.CompareTo(b.Labels));
        _metrics = new Metric[_all.Length];
        _zero = new bool[_all.Length];
        _version = -1;
    }

    /// <summary>Takes the values of those that changed.</summary>
    private void Take(long nowMs, long zeroForMs)
    {
        (_fromMs, _untilMs) = (long.MinValue, long.MaxValue);
        for (var i = 0; i < _all.Length; i++)
        {
            var total = _all[i];
            var end = zeroForMs == long.MinValue ? long.MinValue : total.BornMs + zeroForMs;
            var zero = nowMs < end;
            if (_metrics[i] is null || total.PublishedIn > _version || _zero[i] != zero)
            {
                _metrics[i] = total.ToMetric(zero);
                _zero[i] = zero;
            }

            _untilMs = zero ? Math.Min(_untilMs, end) : _untilMs;
            _fromMs = zero ? _fromMs : Math.Max(_fromMs, end);
        }
    }

    private List<MetricFamily> Together()
    {
        var families = new List<MetricFamily>();
        for (var i = 0; i < _all.Length;)
        {
            var first = i;
            while (i < _all.Length && _all[i].Family == _all[first].Family)
            {
                i++;
            }

            families.Add(new MetricFamily
            {
                Name = _all[first].Family,
                Help = "Running total of all that was pushed.",
                Type = _all[first].Type,
                Metrics = _metrics[first..i],
            });
        }

        return families;
    }
}
