using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// All of a push's judgement that needs no other push: it runs on the thread of the request, many at once, so that little is left to the
/// one
/// writer. It sets the labels, sorts the families, and finds the faults that lie in the push itself.
/// </summary>
internal static class PushScreening
{
    private const int FewMetrics = 8;

    /// <summary>Why no push may have these grouping labels; null where it may.</summary>
    public static string? GroupingFault(Labels grouping)
    {
        foreach (ref readonly var label in grouping.AsSpan())
        {
            if (!IsUtf8(label.Value))
            {
                var metric = new Metric { Labels = grouping, Payload = MetricPayload.Gauge };
                return MetricText.Refusal([MetricText.Fault(MetricGroup.PushTimeName, metric, NotUtf8(label))]);
            }

            if (!IsLabelName(label.Name))
            {
                return $"improper label name {GoQuote.Quote(label.Name)}";
            }
        }

        return grouping.Get("job").Length == 0 ? "job name is required" : null;
    }

    /// <summary>Prepares a push whose grouping labels are good.</summary>
    /// <param name="known">The group as last published, whose label sets are used again; null where there is none.</param>
    public static PreparedPush Prepare(
        PushVerb verb, Labels grouping, IReadOnlyList<MetricFamily> families, MetricGroup? known, long receivedUnixNano)
    {
        grouping = known?.Key ?? grouping;
        var faults = new List<string>();
        var keys = new List<ulong> { ClockKey.Of(grouping) };
        var stamp = new LabelStamp(grouping);
        var prepared = new List<MetricFamily>(families.Count);
        var timestamps = false;
        for (var i = 0; i < families.Count; i++)
        {
            var family = families[i];
            timestamps |= HasTimestamp(family);
            if (family.Name is MetricGroup.PushTimeName or MetricGroup.PushFailureTimeName || IsReplacedLater(families, i))
            {
                continue;
            }

            var stamped = Stamp(family, stamp, known?.Find(family.Name)?.Family, faults, keys);
            prepared.Add(stamped);
        }

        if (timestamps)
        {
            faults = ["pushed metrics must not have timestamps"];
        }

        prepared.Sort(static (a, b) => Utf8Order.CompareOrdinal(a.Name, b.Name));
        return new PreparedPush
        {
            Verb = verb,
            Grouping = grouping,
            ReceivedUnixNano = receivedUnixNano,
            Families = [.. prepared],
            ClockKeys = [.. keys],
            Faults = faults.Count == 0 ? null : faults,
            FaultReason = timestamps ? RejectReason.Timestamps : RejectReason.Inconsistent,
        };
    }

    private static MetricFamily Stamp(MetricFamily family, LabelStamp stamp, MetricFamily? known, List<string> faults, List<ulong> keys)
    {
        FamilyFaults(family, faults);
        var metrics = new Metric[family.Metrics.Count];
        var allKnown = known is not null && known.Metrics.Count >= metrics.Length;
        for (var i = 0; i < metrics.Length; i++)
        {
            var metric = family.Metrics[i];
            var knownLabels = known is not null && i < known.Metrics.Count ? known.LabelsAt(i) : null;
            var labels = stamp.Stamp(metric.Labels, knownLabels);
            metrics[i] = Copy(metric, labels);
            AddKey(keys, ClockKey.Of(labels));
            if (!ReferenceEquals(labels, knownLabels))
            {
                allKnown = false;
                LabelFaults(family, metrics[i], faults);
            }

            PayloadFault(family, metrics[i], faults);
        }

        if (!allKnown)
        {
            DuplicateFaults(family.Name, metrics, faults);
        }

        return new MetricFamily
        {
            Name = known?.Name ?? family.Name,
            Help = known is not null && known.Help == family.Help ? known.Help : family.Help,
            Type = family.Type,
            Unit = family.Unit,
            Metrics = PlainMetrics.Of(metrics, known?.Metrics as PlainMetrics) ?? (IReadOnlyList<Metric>)metrics,
        };
    }

    private static Metric Copy(Metric metric, Labels labels) => new()
    {
        Labels = labels,
        Payload = metric.Payload,
        Value = metric.Value,
        Summary = metric.Summary,
        Histogram = metric.Histogram,
        Exemplar = metric.Exemplar,
        CreatedUnixNano = metric.CreatedUnixNano,
    };

    private static void FamilyFaults(MetricFamily family, List<string> faults)
    {
        if (!NameValidation.IsUtf8Name(family.Name))
        {
            faults.Add($"invalid metric name {GoQuote.Quote(family.Name)}");
        }
        else if (family.Name.EndsWith(PushSamples.Suffix, StringComparison.Ordinal))
        {
            faults.Add($"metric name {GoQuote.Quote(family.Name)} ends with \"{PushSamples.Suffix}\", which names the series of all pushes: "
                + $"push {GoQuote.Quote(family.Name.AsSpan(..^PushSamples.Suffix.Length))} and query the other");
        }

        if (PayloadOf(family.Type) == MetricPayload.None)
        {
            faults.Add($"metric family {GoQuote.Quote(family.Name)} has an unknown type");
        }
    }

    private static void PayloadFault(MetricFamily family, Metric metric, List<string> faults)
    {
        var due = PayloadOf(family.Type);
        if (metric.Payload != due && due != MetricPayload.None)
        {
            faults.Add(MetricText.Fault(family.Name, metric, $"is not a {MetricText.Of(family.Type)}"));
        }
    }

    private static void LabelFaults(MetricFamily family, Metric metric, List<string> faults)
    {
        var labels = metric.Labels.AsSpan();
        for (var i = 0; i < labels.Length; i++)
        {
            ref readonly var label = ref labels[i];
            if (!IsLabelName(label.Name))
            {
                faults.Add(MetricText.Fault(family.Name, metric, $"has a label with an invalid name: {label.Name}"));
            }
            else if (i > 0 && labels[i - 1].Name == label.Name)
            {
                faults.Add(MetricText.Fault(family.Name, metric, $"has two or more labels with the same name: {label.Name}"));
            }
            else if (family.Type == MetricType.Summary && label.Name == "quantile")
            {
                faults.Add(MetricText.Fault(family.Name, metric, "must not have an explicit \"quantile\" label"));
            }

            if (!IsUtf8(label.Value))
            {
                faults.Add(MetricText.Fault(family.Name, metric, NotUtf8(label)));
            }
        }
    }

    private static void DuplicateFaults(string name, Metric[] metrics, List<string> faults)
    {
        var seen = metrics.Length > FewMetrics ? new HashSet<Labels>(metrics.Length) : null;
        for (var i = 1; i < metrics.Length; i++)
        {
            if (seen is null ? IsBefore(metrics, i) : IsSeen(seen, metrics, i))
            {
                faults.Add(MetricText.Fault(name, metrics[i], ConsistencyCheck.CollectedBefore));
            }
        }
    }

    private static bool IsSeen(HashSet<Labels> seen, Metric[] metrics, int at)
    {
        if (at == 1)
        {
            seen.Add(metrics[0].Labels);
        }

        return !seen.Add(metrics[at].Labels);
    }

    private static bool IsBefore(Metric[] metrics, int at)
    {
        for (var i = 0; i < at; i++)
        {
            if (metrics[i].Labels.Equals(metrics[at].Labels))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsReplacedLater(IReadOnlyList<MetricFamily> families, int at)
    {
        // Text has each name once; a protobuf body may have a name twice, and then the later one counts.
        for (var i = at + 1; i < families.Count; i++)
        {
            if (families[i].Name == families[at].Name)
            {
                return true;
            }
        }

        return false;
    }

    private static void AddKey(List<ulong> keys, ulong key)
    {
        // Most metrics of a push share one set of labels with the group, or follow one with the same set.
        if (key != keys[0] && key != keys[^1])
        {
            keys.Add(key);
        }
    }

    private static bool HasTimestamp(MetricFamily family)
    {
        foreach (var metric in family.Metrics)
        {
            if (metric.TimestampMs is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static MetricPayload PayloadOf(MetricType type) => type switch
    {
        MetricType.Counter => MetricPayload.Counter,
        MetricType.Gauge => MetricPayload.Gauge,
        MetricType.Summary => MetricPayload.Summary,
        MetricType.Untyped => MetricPayload.Untyped,
        MetricType.Histogram or MetricType.GaugeHistogram => MetricPayload.Histogram,
        _ => MetricPayload.None,
    };

    private static bool IsLabelName(string name) => !name.StartsWith("__", StringComparison.Ordinal) && NameValidation.IsUtf8Name(name);

    private static bool IsUtf8(string value) => value.Length == 0 || NameValidation.IsUtf8Name(value);

    private static string NotUtf8(in Label label) =>
        $"has a label named {GoQuote.Quote(label.Name)} whose value is not utf8: {GoQuote.Quote(label.Value)}";
}
