using Tallygate.Model;
using Tallygate.Storage;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Rules.Alerting;

/// <summary>Brings alerts back to where they stood before a restart, from the series that they leave behind.</summary>
internal static class AlertRestore
{
    /// <summary>The series whose values say since when (Unix seconds) an alert was active.</summary>
    public const string SeriesName = "ALERTS_FOR_STATE";

    /// <summary>
    /// Moves the pending alerts of the rule to the times that the stored series say. The time in which the process was down does not count;
    /// an alert never fires sooner than after the grace period.
    /// </summary>
    /// <param name="now">Unix ms.</param>
    public static void Run(AlertingRule rule, IQueryableStorage storage, RuleManagerOptions options, long now)
    {
        if (rule.Definition.For >= options.ForGracePeriod)
        {
            var hold = (long)rule.Definition.For.TotalMilliseconds;
            var grace = (long)options.ForGracePeriod.TotalMilliseconds;
            var from = now - (long)options.OutageTolerance.TotalMilliseconds;
            var stored = LastSamples(rule, storage, from, now);
            foreach (var alert in rule.Active)
            {
                var key = alert.Labels.With(Labels.MetricName, SeriesName).WithoutEmpty();
                if (stored.TryGetValue(key, out var last) && !StaleMarker.Is(last.Value))
                {
                    Restore(alert, (long)last.Value * 1000, last.Time, hold, grace, now);
                }
            }
        }

        rule.EndRestore();
    }

    private static void Restore(Alert alert, long activeAt, long downAt, long hold, long grace, long now)
    {
        var remaining = hold - (downAt - activeAt);
        if (remaining > 0)
        {
            activeAt = remaining < grace ? now + grace - hold : activeAt + (now - downAt);
        }

        alert.ActiveAt = activeAt;
    }

    private static Dictionary<Labels, (long Time, double Value)> LastSamples(AlertingRule rule, IQueryableStorage storage, long from, long to)
    {
        var last = new Dictionary<Labels, (long, double)>();
        using var querier = storage.Querier(from, to);
        var set = querier.Select(sorted: false, null, [
            new LabelMatcher(MatchType.Equal, Labels.MetricName, SeriesName),
            new LabelMatcher(MatchType.Equal, "alertname", rule.Definition.Alert),
        ]);
        var times = new long[128];
        var values = new double[128];
        while (set.MoveNext())
        {
            var cursor = set.Current.Samples(from, to);
            for (var count = cursor.Read(times, values); count > 0; count = cursor.Read(times, values))
            {
                last[set.Current.Labels] = (times[count - 1], values[count - 1]);
            }
        }

        return last;
    }
}
