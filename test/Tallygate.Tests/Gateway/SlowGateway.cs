using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Tests.Gateway;

/// <summary>
/// The slow oracle: groups as lists of families, and a judge that looks at everything after every push. It knows nothing of indexes,
/// stripes,
/// overlays or caches.
/// </summary>
internal sealed class SlowGateway
{
    private readonly Dictionary<string, Dictionary<string, MetricFamily>> _groups = [];

    /// <summary>What was ever booked: for each pushed series how many samples, and their sum.</summary>
    public SortedDictionary<string, (int Count, double Sum)> Ledger { get; } = new(StringComparer.Ordinal);

    /// <summary>Says whether the push is accepted, and takes it if so.</summary>
    public bool Push(PushVerb verb, Labels key, IReadOnlyList<MetricFamily> families)
    {
        var would = _groups.ToDictionary(g => g.Key, g => new Dictionary<string, MetricFamily>(g.Value));
        var stamped = families.Select(f => Stamped(f, key)).ToList();
        var group = verb == PushVerb.Merge && would.TryGetValue(key.ToString(), out var old) ? old : [];
        stamped.ForEach(f => group[f.Name] = f);
        would[key.ToString()] = group;
        if (!IsConsistent(would.Values))
        {
            return false;
        }

        _groups[key.ToString()] = group;
        stamped.ForEach(Book);
        return true;
    }

    public void Delete(Labels key) => _groups.Remove(key.ToString());

    public void Wipe() => _groups.Clear();

    /// <summary>The series of all groups, sorted: <c>a{job="j"} 1</c>.</summary>
    public List<string> Series() => [.. _groups.Values.SelectMany(g => g.Values).SelectMany(Series).Order(StringComparer.Ordinal)];

    private static bool IsConsistent(IEnumerable<Dictionary<string, MetricFamily>> groups)
    {
        var all = groups.SelectMany(g => g.Values).ToList();
        var types = all.GroupBy(f => f.Name).ToDictionary(f => f.Key, f => f.Select(x => x.Type).Distinct().ToList());
        if (types.Values.Any(t => t.Count > 1))
        {
            return false;
        }

        foreach (var (name, type) in types)
        {
            var suffixes = type[0] switch
            {
                MetricType.Histogram => new[] { "_count", "_sum", "_bucket" },
                MetricType.Summary => ["_count", "_sum"],
                _ => [],
            };
            if (suffixes.Any(s => types.ContainsKey(name + s)))
            {
                return false;
            }
        }

        var series = all.SelectMany(f => f.Metrics.Select(m => f.Name + m.Labels)).ToList();
        return series.Distinct().Count() == series.Count;
    }

    private void Book(MetricFamily family)
    {
        foreach (var (labels, value) in family.Metrics.SelectMany(m => Flat(family.Name, m)))
        {
            Ledger.TryGetValue(labels, out var booked);
            Ledger[labels] = (booked.Count + 1, booked.Sum + value);
        }
    }

    private static IEnumerable<string> Series(MetricFamily family) =>
        family.Metrics.Select(m => $"{family.Name}{m.Labels} {m.Value + (m.Histogram?.SampleSum ?? 0) + (m.Summary?.SampleSum ?? 0)}");

    private static IEnumerable<(string Labels, double Value)> Flat(string name, Metric metric)
    {
        Labels Of(string suffix) => metric.Labels.WithoutEmpty().With("__name__", name + suffix + ":pushed");
        if (metric.Histogram is { } histogram)
        {
            foreach (var bucket in histogram.Buckets)
            {
                var le = double.IsInfinity(bucket.UpperBound) ? "+Inf" : bucket.UpperBound.ToString("0.0");
                yield return (Of("_bucket").With("le", le).ToString(), bucket.CumulativeCount!.Value);
            }
        }

        var (sum, count) = (metric.Histogram?.SampleSum ?? metric.Summary?.SampleSum, metric.Histogram?.SampleCount ?? metric.Summary?.SampleCount);
        if (sum is not null)
        {
            yield return (Of("_sum").ToString(), sum.Value);
            yield return (Of("_count").ToString(), count!.Value);
        }
        else
        {
            yield return (Of("").ToString(), metric.Value);
        }
    }

    private static MetricFamily Stamped(MetricFamily family, Labels key) => new()
    {
        Name = family.Name,
        Type = family.Type,
        Metrics =
        [
            .. family.Metrics.Select(m => new Metric
            {
                Labels = Stamped(m.Labels, key),
                Payload = m.Payload,
                Value = m.Value,
                Histogram = m.Histogram,
                Summary = m.Summary,
            }),
        ],
    };

    private static Labels Stamped(Labels labels, Labels key)
    {
        foreach (var label in key)
        {
            labels = labels.With(label.Name, label.Value);
        }

        return labels.Has("instance") ? labels : labels.With("instance", "");
    }
}
