using Tallygate.Model;

namespace Tallygate.Gateway.Folds;

/// <summary>A family after a push that replaces single series of it.</summary>
internal static class SeriesMerge
{
    /// <summary>
    /// The series of <paramref name="old"/> in their order, those that were pushed with their new values, and behind them those that are new. Where
    /// the types differ nothing of the old family fits, and it goes.
    /// </summary>
    public static MetricFamily Of(MetricFamily old, MetricFamily pushed)
    {
        if (old.Type != pushed.Type || old.Metrics.Count == 0 || old.HasSameLabels(pushed))
        {
            return pushed;
        }

        var metrics = new List<Metric>(old.Metrics);
        var places = new Dictionary<Labels, int>(metrics.Count);
        for (var i = 0; i < metrics.Count; i++)
        {
            places.TryAdd(metrics[i].Labels, i);
        }

        foreach (var metric in pushed.Metrics)
        {
            if (places.TryGetValue(metric.Labels, out var place))
            {
                metrics[place] = metric;
            }
            else
            {
                metrics.Add(metric);
            }
        }

        return new MetricFamily
        {
            Name = pushed.Name,
            Help = pushed.Help ?? old.Help,
            Type = pushed.Type,
            Unit = pushed.Unit ?? old.Unit,
            Metrics = PlainMetrics.Of(metrics, old.Metrics as PlainMetrics) ?? (IReadOnlyList<Metric>)metrics,
        };
    }
}
