using Tallygate.Model;

namespace Tallygate.Gateway.Totals;

/// <summary>The totals of one rule. Belongs to the writer.</summary>
/// <param name="isFree">Says whether a total may be made: no other rule has one of that family and these labels, or of another type.</param>
internal sealed class TotalSet(TotalRule rule, Func<TotalSet, string, Labels, bool> isFree)
{
    private readonly Dictionary<(string Family, Labels Labels), Total> _totals = [];

    /// <summary>The rule.</summary>
    public TotalRule Rule => rule;

    /// <summary>All totals.</summary>
    public IEnumerable<Total> All => _totals.Values;

    /// <summary>Whether there is a total of this family with these labels.</summary>
    public bool Has(string family, Labels labels) => _totals.ContainsKey((family, labels));

    /// <summary>Takes a metric that the rule takes.</summary>
    /// <param name="total">The total that changed; null where none did.</param>
    /// <returns>What of it was left out; null where nothing was.</returns>
    public LeftOut? Take(string family, Metric metric, long stamp, long nowMs, out Total? total)
    {
        total = null;
        var labels = rule.LabelsOf(metric.Labels);
        if (metric is { Summary: null, Histogram: null })
        {
            return Take(rule.NameOf(family), labels, metric.Value, stamp, nowMs, out total);
        }

        if (rule.Kind == TotalKind.Count)
        {
            return Take(rule.NameOf(family), labels, 1, stamp, nowMs, out total);
        }

        // Native buckets of histograms that have classic ones beside them are left to those.
        if (rule.Kind != TotalKind.Sum || metric.Histogram is { Buckets.Length: 0, Schema: not null })
        {
            return LeftOut.Type;
        }

        family += "_pushed";
        if (!_totals.TryGetValue((family, labels), out var known))
        {
            if (!isFree(this, family, labels))
            {
                return LeftOut.Taken;
            }

            known = new PartsTotal(family, labels, metric.Histogram is { } first ? PartsTotal.BoundsOf(first) : null, nowMs);
            _totals.Add((family, labels), known);
        }

        if (known is not PartsTotal parts || (parts.Type == MetricType.Histogram) != (metric.Histogram is not null))
        {
            return LeftOut.Type;
        }

        total = known;
        return metric.Histogram is { } histogram ? parts.Take(histogram) : parts.Take(metric.Summary!);
    }

    private LeftOut? Take(string family, Labels labels, double value, long stamp, long nowMs, out Total? total)
    {
        total = null;
        if (PlainTotal.Fault(rule.Kind, value) is { } fault)
        {
            return fault;
        }

        if (!_totals.TryGetValue((family, labels), out var known))
        {
            if (!isFree(this, family, labels))
            {
                return LeftOut.Taken;
            }

            known = new PlainTotal(family, labels, rule.Kind, nowMs);
            _totals.Add((family, labels), known);
        }

        if (known is not PlainTotal plain)
        {
            return LeftOut.Type;
        }

        plain.Take(value, stamp);
        total = known;
        return null;
    }
}
