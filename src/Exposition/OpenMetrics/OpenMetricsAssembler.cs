using System.Runtime.InteropServices;
using Tallygate.Model;

namespace Tallygate.Exposition.OpenMetrics;

/// <summary>
/// Puts the lines of an OpenMetrics exposition together into metric families, by the rules of the specification: which line belongs to which
/// metric, that the lines of each stand together, and what their labels and values may be. Every method gives a reason where something is not
/// allowed. Used again after <see cref="Clear"/>.
/// </summary>
internal sealed class OpenMetricsAssembler
{
    private const int LongestExemplar = 128;

    private readonly List<MetricFamily> _families = [];
    private readonly Dictionary<string, string> _taken = [];
    private readonly List<Metric> _metrics = [];
    private readonly HashSet<Labels> _groups = [];
    private readonly OpenMetricsPoint _point = new();
    private PushParseOptions _options = PushParseOptions.Default;
    private string? _name;
    private string? _help;
    private string? _unit;
    private MetricType? _type;
    private bool _sampled;

    private MetricType Type => _type ?? MetricType.Untyped;

    public void Begin(PushParseOptions options) => _options = options;

    /// <summary>Takes a HELP, TYPE or UNIT line.</summary>
    public string? Describe(in ExpositionEntry entry)
    {
        if (entry.Metric != _name)
        {
            if (Open(entry.Metric) is { } fault)
            {
                return fault;
            }
        }
        else if (_sampled)
        {
            return $"HELP, TYPE and UNIT of metric {GoQuote.Quote(entry.Metric)} must stand before its samples";
        }

        switch (entry.Kind)
        {
            case ExpositionEntryKind.Help:
                return Take(ref _help, entry.Text, "HELP");
            case ExpositionEntryKind.Unit:
                return Take(ref _unit, entry.Text, "UNIT");
            default:
                if (_type is not null)
                {
                    return $"second TYPE line for metric {GoQuote.Quote(_name)}";
                }

                _type = entry.Type;
                return null;
        }
    }

    /// <summary>Takes a sample; <paramref name="labels"/> are without the name, in any order, and are changed.</summary>
    public string? Add(string name, List<Label> labels, in ExpositionEntry entry)
    {
        var role = _name is null ? OpenMetricsRole.None : OpenMetricsNames.RoleOf(name, _name, Type);
        if (role == OpenMetricsRole.None)
        {
            if (name == _name)
            {
                return $"no line of {OpenMetricsNames.WordOf(Type)} {GoQuote.Quote(name)} is called that: they end in {Endings()}";
            }

            if (Open(name) is { } fault)
            {
                return fault;
            }

            role = OpenMetricsRole.Value;
        }

        _sampled = true;
        return LabelFault(labels) ?? ExemplarFault(role, entry.Exemplar) ?? TakeBound(role, labels, out var bound)
            ?? Place(role, labels, entry.TimestampMs) ?? _point.Add(role, bound, entry.Value, entry.Exemplar);
    }

    /// <summary>Ends the last family.</summary>
    public string? End() => CloseFamily();

    /// <summary>The families that have samples.</summary>
    public List<MetricFamily> Build() => [.. _families];

    /// <summary>Whether it has grown beyond what is worth keeping.</summary>
    public bool IsLarge => _taken.EnsureCapacity(0) > 4_000 || _metrics.Capacity > 4_000;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _point.Drop();
        _families.Clear();
        _taken.Clear();
        Reset(null);
    }

    private string? Open(string name)
    {
        if (CloseFamily() is { } fault)
        {
            return fault;
        }

        if (_taken.TryGetValue(name, out var owner))
        {
            return owner == name
                ? $"the lines of metric {GoQuote.Quote(name)} must stand together"
                : $"{GoQuote.Quote(name)} is a line of metric {GoQuote.Quote(owner)}, and does not stand with it";
        }

        Reset(name);
        return _options.AllowsMetricName(name) ? null : $"invalid metric name {GoQuote.Quote(name)}";
    }

    private void Reset(string? name)
    {
        _name = name;
        _help = null;
        _unit = null;
        _type = null;
        _sampled = false;
        _metrics.Clear();
        _groups.Clear();
    }

    private string? CloseFamily()
    {
        if (_name is not { } name)
        {
            return null;
        }

        if (ClosePoint() is { } fault)
        {
            return fault;
        }

        if (_unit is { Length: > 0 } && Type is MetricType.Info or MetricType.StateSet)
        {
            return $"{OpenMetricsNames.WordOf(Type)} {GoQuote.Quote(name)} has a unit, which it cannot have";
        }

        _taken[name] = name;
        foreach (var (suffix, _) in OpenMetricsNames.Of(Type))
        {
            if (suffix.Length > 0 && !_taken.TryAdd(name + suffix, name))
            {
                return $"metrics {GoQuote.Quote(name)} and {GoQuote.Quote(_taken[name + suffix])} both have lines called {name}{suffix}";
            }
        }

        if (_metrics.Count > 0)
        {
            _families.Add(new MetricFamily
            {
                Name = Type switch { MetricType.Counter => name + "_total", MetricType.Info => name + "_info", _ => name },
                Help = _help,
                Unit = _unit is { Length: > 0 } ? _unit : null,
                Type = Type is MetricType.Info or MetricType.StateSet ? MetricType.Gauge : Type,
                Metrics = _metrics.ToArray(),
            });
        }

        return null;
    }

    private string? ClosePoint()
    {
        if (!_point.IsOpen)
        {
            return null;
        }

        if (_point.Build(out var fault) is not { } metric)
        {
            return $"{OpenMetricsNames.WordOf(Type)} {GoQuote.Quote(_name)} with labels {_point.Labels} {fault}";
        }

        _metrics.Add(metric);
        return null;
    }

    /// <summary>Goes to the metric with these labels at this time.</summary>
    private string? Place(OpenMetricsRole role, List<Label> labels, long? timestampMs)
    {
        var sorted = CollectionsMarshal.AsSpan(labels);
        Labels.Sort(sorted);
        var last = _point.Labels;
        var wasOpen = _point.IsOpen;
        if (wasOpen && last.AsSpan().SequenceEqual(sorted))
        {
            if ((timestampMs is null) != (_point.TimestampMs is null))
            {
                return "some samples of this metric have timestamps and some have none";
            }

            if (timestampMs < _point.TimestampMs)
            {
                return "timestamps of a metric do not go back";
            }

            var again = role == OpenMetricsRole.Value && _point.HasValue;
            if (again && timestampMs is null)
            {
                return "the same sample stands twice";
            }

            if (timestampMs == _point.TimestampMs && !again)
            {
                return null;
            }

            if (ClosePoint() is { } torn)
            {
                return torn;
            }

            _point.Begin(Type, last, timestampMs);
            return null;
        }

        if (ClosePoint() is { } fault)
        {
            return fault;
        }

        var group = Labels.FromSorted(sorted.ToArray());
        _point.Begin(Type, group, timestampMs);
        return _groups.Add(group) ? null : $"the samples with labels {group} must stand together";
    }

    private string? LabelFault(List<Label> labels)
    {
        foreach (var label in labels)
        {
            if (label.Name == Labels.MetricName)
            {
                return $"label name {GoQuote.Quote(label.Name)} is reserved";
            }

            if (!_options.AllowsLabelName(label.Name))
            {
                return $"invalid label name {GoQuote.Quote(label.Name)}";
            }
        }

        return null;
    }

    private static string? ExemplarFault(OpenMetricsRole role, Exemplar? exemplar)
    {
        if (exemplar is null)
        {
            return null;
        }

        if (role is not (OpenMetricsRole.Total or OpenMetricsRole.Bucket))
        {
            return "only lines _total of counters and _bucket of histograms can have an exemplar";
        }

        var length = 0;
        foreach (ref readonly var label in exemplar.Labels.AsSpan())
        {
            length += Characters(label.Name) + Characters(label.Value);
        }

        return length <= LongestExemplar ? null : $"the labels of an exemplar have at most {LongestExemplar} characters together, these have {length}";
    }

    private static int Characters(string text)
    {
        var count = 0;
        foreach (var _ in text.EnumerateRunes())
        {
            count++;
        }

        return count;
    }

    /// <summary>Takes <c>le</c> or <c>quantile</c> out of the labels, and sees that a state has its name.</summary>
    private string? TakeBound(OpenMetricsRole role, List<Label> labels, out double bound)
    {
        bound = 0;
        if (Type == MetricType.StateSet && !labels.Exists(l => l.Name == _name))
        {
            return $"a state of {GoQuote.Quote(_name)} has a label of that name";
        }

        if (role is not (OpenMetricsRole.Bucket or OpenMetricsRole.Quantile))
        {
            return null;
        }

        var name = role == OpenMetricsRole.Bucket ? "le" : "quantile";
        var at = labels.FindIndex(l => l.Name == name);
        if (at < 0)
        {
            return role == OpenMetricsRole.Bucket ? "a bucket has a label le" : "a summary's own line has a label quantile";
        }

        var text = labels[at].Value;
        labels.RemoveAt(at);
        if (!FloatText.TryParse(text, out bound) || double.IsNaN(bound) || (double.IsInfinity(bound) && text is not ("+Inf" or "-Inf")))
        {
            return $"{name}={GoQuote.Quote(text)} is no number" + (text.Contains("inf", StringComparison.OrdinalIgnoreCase) ? "; infinity is +Inf" : "");
        }

        return role == OpenMetricsRole.Quantile && bound is not (>= 0 and <= 1)
            ? $"quantile={GoQuote.Quote(text)} is not between 0 and 1"
            : null;
    }

    private string? Take(ref string? into, string text, string what)
    {
        if (into is not null)
        {
            return $"second {what} line for metric {GoQuote.Quote(_name)}";
        }

        into = text;
        return null;
    }

    private string Endings()
    {
        var endings = new List<string>();
        foreach (var (suffix, _) in OpenMetricsNames.Of(Type))
        {
            endings.Add(suffix);
        }

        return string.Join(", ", endings);
    }
}
