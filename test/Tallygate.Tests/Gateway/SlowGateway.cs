using Tallygate.Gateway;
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
    private readonly Dictionary<string, long> _pushTimes = [];
    private readonly Dictionary<string, string> _keys = [];
    private readonly List<(string Group, string Id, Dictionary<string, MetricFamily> Values)> _runs = [];
    private readonly HashSet<string> _ended = [];
    private readonly Dictionary<string, long> _lives = [];

    /// <summary>What was ever booked: for each pushed series how many samples, and their sum.</summary>
    public SortedDictionary<string, (int Count, double Sum)> Ledger { get; } = new(StringComparer.Ordinal);

    /// <summary>A copy that goes its own way.</summary>
    public SlowGateway Clone()
    {
        var copy = new SlowGateway();
        foreach (var (key, families) in _groups)
        {
            copy._groups.Add(key, new Dictionary<string, MetricFamily>(families));
        }

        _pushTimes.ToList().ForEach(t => copy._pushTimes.Add(t.Key, t.Value));
        _keys.ToList().ForEach(k => copy._keys.Add(k.Key, k.Value));
        _lives.ToList().ForEach(l => copy._lives.Add(l.Key, l.Value));
        _runs.ForEach(r => copy._runs.Add((r.Group, r.Id, new Dictionary<string, MetricFamily>(r.Values))));
        copy._ended.UnionWith(_ended);
        Ledger.ToList().ForEach(l => copy.Ledger.Add(l.Key, l.Value));
        return copy;
    }

    /// <summary>Takes the values of the groups whose last push wanted them to last no longer than until now.</summary>
    public void Expire(long nowMs)
    {
        foreach (var (group, families) in _groups)
        {
            if (families.Count > 0 && _lives.TryGetValue(group, out var life) && life > 0 && _pushTimes[group] + (life * 1_000_000) <= nowMs * 1_000_000)
            {
                EndRuns(r => r.Group == group);
                families.Clear();
            }
        }
    }

    /// <summary>The status of a push with notes, which is taken if it is accepted.</summary>
    public int Push(PushVerb verb, Labels key, IReadOnlyList<MetricFamily> families, PushNotes? notes, long nowUnixNano, out bool replayed)
    {
        notes ??= new PushNotes();
        var group = key.ToString();
        var body = $"{verb} {notes.BySeries && verb == PushVerb.Merge} {notes.RunId} {notes.State} {string.Join(';', families.OrderBy(f => f.Name, StringComparer.Ordinal).SelectMany(Series))}";
        replayed = false;
        if (notes.IdempotencyKey is not null && _keys.TryGetValue(group + notes.IdempotencyKey, out var first))
        {
            replayed = first == body;
            return replayed ? 200 : 422;
        }

        var time = notes.PushTimeUnixNano ?? nowUnixNano;
        if (nowUnixNano - time > 7L * 86400 * 1_000_000_000 || time - nowUnixNano > 600L * 1_000_000_000)
        {
            return 400;
        }

        if (notes.RunId is not null && _ended.Contains(group + notes.RunId))
        {
            return 409;
        }

        var values = notes.RunId is null ? null : _runs.Find(r => r.Group == group && r.Id == notes.RunId).Values;
        if (verb == PushVerb.Merge && values is not null
            && !IsConsistent([values.Values.Concat(families.Select(f => Stamped(f, key))).GroupBy(f => f.Name).ToDictionary(f => f.Key, f => f.Last())]))
        {
            return 400;
        }

        var shows = notes.PushTimeUnixNano is null || !_groups.ContainsKey(group) || time >= _pushTimes.GetValueOrDefault(group);
        if (!Push(verb, key, families, notes.BySeries && verb == PushVerb.Merge, shows, notes.RunId is null))
        {
            return 400;
        }

        if (shows)
        {
            _pushTimes[group] = time;
            _lives.Remove(group);
            if (notes.TimeToLive is { } life)
            {
                _lives[group] = (long)life.TotalMilliseconds;
            }
        }

        if (notes.IdempotencyKey is not null)
        {
            _keys[group + notes.IdempotencyKey] = body;
        }

        if (notes.RunId is not null)
        {
            Run(verb, key, families, notes);
        }

        return 200;
    }

    private void Run(PushVerb verb, Labels key, IReadOnlyList<MetricFamily> families, PushNotes notes)
    {
        var at = _runs.FindIndex(r => r.Group == key.ToString() && r.Id == notes.RunId);
        if (at < 0)
        {
            at = _runs.Count;
            _runs.Add((key.ToString(), notes.RunId!, []));
        }

        var values = _runs[at].Values;
        if (verb == PushVerb.Replace)
        {
            values.Clear();
        }

        families.Select(f => Stamped(f, key)).ToList().ForEach(f => values[f.Name] = notes.BySeries && verb == PushVerb.Merge ? Merged(values.GetValueOrDefault(f.Name), f) : f);
        if (notes.State is RunState.Finished or RunState.Failed)
        {
            EndRuns(r => r == _runs[at]);
        }
    }

    private void EndRuns(Predicate<(string Group, string Id, Dictionary<string, MetricFamily> Values)> which)
    {
        foreach (var run in _runs.FindAll(which))
        {
            run.Values.Values.ToList().ForEach(Book);
            _ended.Add(run.Group + run.Id);
            _runs.Remove(run);
        }
    }

    /// <summary>Says whether the push is accepted, and takes it if so.</summary>
    private bool Push(PushVerb verb, Labels key, IReadOnlyList<MetricFamily> families, bool bySeries, bool shows, bool books)
    {
        var would = _groups.ToDictionary(g => g.Key, g => new Dictionary<string, MetricFamily>(g.Value));
        var stamped = families.Select(f => Stamped(f, key)).ToList();
        var group = verb == PushVerb.Merge && would.TryGetValue(key.ToString(), out var old) ? old : [];
        if (bySeries && stamped.Exists(f => group.TryGetValue(f.Name, out var there) && there.Type != f.Type))
        {
            return false;
        }

        stamped.ForEach(f => group[f.Name] = bySeries ? Merged(group.GetValueOrDefault(f.Name), f) : f);
        would[key.ToString()] = group;
        if (!IsConsistent(would.Values))
        {
            return false;
        }

        if (shows)
        {
            _groups[key.ToString()] = group;
        }

        if (books)
        {
            stamped.ForEach(Book);
        }

        return true;
    }

    private static MetricFamily Merged(MetricFamily? old, MetricFamily pushed) => old is null || old.Type != pushed.Type ? pushed : new MetricFamily
    {
        Name = pushed.Name,
        Type = pushed.Type,
        Metrics = [.. old.Metrics.Where(m => pushed.Metrics.All(n => !n.Labels.Equals(m.Labels))), .. pushed.Metrics],
    };

    public void Delete(Labels key)
    {
        if (_groups.Remove(key.ToString()))
        {
            EndRuns(r => r.Group == key.ToString());
            _pushTimes.Remove(key.ToString());
        }
    }

    public void Wipe()
    {
        EndRuns(_ => true);
        _groups.Clear();
        _pushTimes.Clear();
    }

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
