using System.Runtime.InteropServices;
using Tallygate.Model;

namespace Tallygate.Exposition.Text;

/// <summary>One metric family in the making.</summary>
internal sealed class FamilyBuilder
{
    private const int ManyMetrics = 1_000;

    private readonly List<Metric> _simple = [];
    private readonly List<MetricBuilder> _complex = [];
    private Dictionary<Labels, MetricBuilder>? _byLabels;
    private int _used;
    private MetricBuilder? _last;

    public string Name { get; private set; } = "";

    public string? Help { get; set; }

    public MetricType? Type { get; set; }

    public bool IsSummary => Type == MetricType.Summary;

    public bool IsHistogram => Type is MetricType.Histogram or MetricType.GaugeHistogram;

    /// <summary>Whether it has grown beyond what is worth keeping.</summary>
    public bool IsLarge => _simple.Capacity > ManyMetrics || _complex.Count > ManyMetrics;

    public void Begin(string name) => Name = name;

    /// <summary>Adds a counter, gauge or untyped metric.</summary>
    public void Add(Labels labels, double value) => _simple.Add(new Metric
    {
        Labels = labels,
        Value = value,
        Payload = Type switch
        {
            MetricType.Counter => MetricPayload.Counter,
            MetricType.Gauge => MetricPayload.Gauge,
            _ => MetricPayload.Untyped,
        },
    });

    /// <summary>The summary or histogram with these labels, in any order; a new one if there is none.</summary>
    public MetricBuilder FindMetric(List<Label> labels)
    {
        var sorted = CollectionsMarshal.AsSpan(labels);
        Labels.Sort(sorted);
        if (_last is not null && _last.Labels.AsSpan().SequenceEqual(sorted))
        {
            return _last;
        }

        var key = Labels.FromSorted(sorted.ToArray());
        if (_byLabels is not null && _byLabels.TryGetValue(key, out var known))
        {
            return _last = known;
        }

        if (_used == _complex.Count)
        {
            _complex.Add(new MetricBuilder());
        }

        var fresh = _complex[_used++];
        fresh.Begin(key);
        if (_used > 1)
        {
            // Most families have one metric in a push and need no dictionary.
            _byLabels ??= [];
            _byLabels.TryAdd(_complex[0].Labels, _complex[0]);
            _byLabels[key] = fresh;
        }

        return _last = fresh;
    }

    /// <summary>Sets the time of the metric that was added or found last.</summary>
    public void SetTimestamp(long timestampMs)
    {
        if (IsSummary || IsHistogram)
        {
            _last!.TimestampMs = timestampMs;
            return;
        }

        var metric = _simple[^1];
        _simple[^1] = new Metric { Labels = metric.Labels, Payload = metric.Payload, Value = metric.Value, TimestampMs = timestampMs };
    }

    /// <summary>The family, or null where it has no metrics.</summary>
    public MetricFamily? Build()
    {
        Metric[] metrics;
        if (IsSummary || IsHistogram)
        {
            metrics = new Metric[_used];
            for (var i = 0; i < _used; i++)
            {
                metrics[i] = _complex[i].Build(IsSummary);
            }
        }
        else
        {
            metrics = _simple.ToArray();
        }

        return metrics.Length == 0
            ? null
            : new MetricFamily { Name = Name, Help = Help, Type = Type ?? MetricType.Untyped, Metrics = metrics };
    }

    public void Clear()
    {
        Name = "";
        Help = null;
        Type = null;
        _simple.Clear();
        for (var i = 0; i < _used; i++)
        {
            _complex[i].Clear();
        }

        _used = 0;
        _last = null;
        _byLabels?.Clear();
    }
}
