using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Gateway.Persistence;

/// <summary>
/// Finds the pushes again that a Prometheus saw when it scraped a Pushgateway: whenever <c>push_time_seconds</c> of a group changed there was a
/// push at that time, and what the same scrape saw of the group is what it left. Pushes that no scrape saw are lost; of two between two
/// scrapes only the second is found.
/// </summary>
public static class ScrapedPushes
{
    private const string Exported = "exported_";

    /// <summary>All pushes that the scrapes of a time saw.</summary>
    /// <param name="storage">What Prometheus stored.</param>
    /// <param name="from">Unix milliseconds.</param>
    /// <param name="to">Unix milliseconds.</param>
    /// <param name="selector">Which series are taken; all of a group where it is empty.</param>
    /// <param name="progress">Told how many groups are read, and of how many.</param>
    public static IReadOnlyList<SeedPush> Read(IQueryableStorage storage, long from, long to, IReadOnlyList<LabelMatcher> selector, Action<long, long> progress)
    {
        using var querier = storage.Querier(from, to);
        var groups = new List<(Labels Stored, Labels Group, Dictionary<long, long> Pushes)>();
        var times = querier.Select(true, null, [Name(Model.MatchType.Equal, MetricGroup.PushTimeName)]);
        while (times.MoveNext())
        {
            var stored = times.Current.Labels.Without(Labels.MetricName);
            groups.Add((stored, GroupOf(stored), PushesIn(times.Current, from, to)));
        }

        var seeds = new SeedBuilder();
        for (var i = 0; i < groups.Count; i++)
        {
            progress(i, groups.Count);
            var (stored, group, pushes) = groups[i];
            var matchers = new List<LabelMatcher>(selector) { Name(Model.MatchType.NotRegexp, "push(_failure)?_time_seconds|up|scrape_.+|.*:.*") };
            foreach (ref readonly var label in stored.AsSpan())
            {
                matchers.Add(new LabelMatcher(Model.MatchType.Equal, label.Name, label.Value));
            }

            foreach (var time in pushes.Values)
            {
                seeds.Add(group, time);
            }

            var series = querier.Select(true, null, matchers);
            while (series.MoveNext())
            {
                if (IsOf(series.Current.Labels, stored, groups))
                {
                    Add(seeds, group, series.Current, pushes, from, to);
                }
            }
        }

        return seeds.Pushes();
    }

    /// <summary>When which push was first seen: times of scrapes and of pushes.</summary>
    private static Dictionary<long, long> PushesIn(ISeries series, long from, long to)
    {
        var pushes = new Dictionary<long, long>();
        var last = 0.0;
        foreach (var (time, value) in Floats(series, from, to))
        {
            if (value > 0 && value != last)
            {
                // Seconds as a float know about a quarter of a microsecond.
                pushes[time] = (long)(Math.Round(value * 1e6) * 1000);
                last = value;
            }
        }

        return pushes;
    }

    private static void Add(SeedBuilder seeds, Labels group, ISeries series, Dictionary<long, long> pushes, long from, long to)
    {
        var labels = GroupOf(series.Labels);
        foreach (var (time, value) in Floats(series, from, to))
        {
            if (pushes.TryGetValue(time, out var pushed))
            {
                seeds.Add(group, pushed, labels, value);
            }
        }
    }

    /// <summary>Whether no group with more of its labels has a series.</summary>
    private static bool IsOf(Labels series, Labels group, List<(Labels Stored, Labels Group, Dictionary<long, long> Pushes)> groups) =>
        !groups.Exists(g => g.Stored.Count > group.Count && Has(series, g.Stored));

    private static bool Has(Labels series, Labels group)
    {
        foreach (ref readonly var label in group.AsSpan())
        {
            if (series.Get(label.Name) != label.Value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The labels as they were pushed: a scrape without <c>honor_labels</c> gave them other names.</summary>
    private static Labels GroupOf(Labels stored)
    {
        var labels = stored;
        foreach (var name in (string[])["job", "instance"])
        {
            if (stored.Has(Exported + "job"))
            {
                labels = labels.Without(Exported + name).Without(name);
                labels = stored.Has(Exported + name) ? labels.With(name, stored.Get(Exported + name)) : labels;
            }
        }

        return labels;
    }

    private static IEnumerable<(long Time, double Value)> Floats(ISeries series, long from, long to)
    {
        var cursor = series.Samples(from, to);
        var times = new long[256];
        var values = new double[256];
        while (cursor.Next != SampleKind.None)
        {
            if (cursor.Next != SampleKind.Float)
            {
                cursor.ReadHistogram(out _);
                continue;
            }

            var count = cursor.Read(times, values);
            for (var i = 0; i < count; i++)
            {
                if (!StaleMarker.Is(values[i]))
                {
                    yield return (times[i], values[i]);
                }
            }
        }
    }

    private static LabelMatcher Name(Model.MatchType type, string value) => new(type, Labels.MetricName, value);
}
