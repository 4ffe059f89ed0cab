using System.Buffers;
using Tallygate.Exposition.Protobuf;
using Tallygate.Exposition.Text;
using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Persistence;

/// <summary>
/// The way back: the groups as pushes that any Pushgateway takes, one PUT for each. Push times become those of the delivery, for nothing
/// but a push sets them.
/// </summary>
public static class StateExport
{
    /// <summary>The groups that a push log shows at its head, in order, and how many of them never had an accepted push, which no push can bring back.</summary>
    public static async Task<(IReadOnlyList<ExportedPush> Pushes, int NeverPushed)> ReadAsync(IPushLog log, CancellationToken cancellationToken = default)
    {
        var groups = new LatestGroups();
        await foreach (var batch in log.ReadAsync(LogPosition.None, cancellationToken).ConfigureAwait(false))
        {
            foreach (var entry in batch)
            {
                groups.Apply(entry);
            }
        }

        groups.Publish();
        var all = groups.View.Sorted();
        return ([.. all.Where(g => g.Push.UnixNano != 0).Select(Of)], all.Count(g => g.Push.UnixNano == 0));
    }

    private static ExportedPush Of(MetricGroup group)
    {
        var body = new ArrayBufferWriter<byte>();
        var text = group.Families.All(f => TextSaysAll(f.Family));
        foreach (var family in group.Families)
        {
            if (text)
            {
                PrometheusTextWriter.Write(body, family.Family);
            }
            else
            {
                MetricFamilyCodec.WriteDelimited(body, family.Family);
            }
        }

        return new ExportedPush(group.Key, "/metrics" + GroupingPath.Of(group.Key), text ? ExportedPush.Text : ExportedPush.Protobuf, body.WrittenMemory);
    }

    /// <summary>Native histograms, exemplars, creation times and names beyond the old alphabet stand in protobuf only.</summary>
    private static bool TextSaysAll(MetricFamily family) =>
        family.Type is MetricType.Counter or MetricType.Gauge or MetricType.Untyped or MetricType.Summary or MetricType.Histogram
        && NameValidation.IsLegacyMetricName(family.Name)
        && family.Metrics.All(TextSaysAll);

    private static bool TextSaysAll(Metric metric)
    {
        foreach (ref readonly var label in metric.Labels)
        {
            if (!NameValidation.IsLegacyLabelName(label.Name))
            {
                return false;
            }
        }

        return metric.Exemplar is null && metric.CreatedUnixNano is null
            && (metric.Histogram is not { } histogram || (histogram.Schema is null && histogram.Buckets.All(b => b.Exemplar is null)));
    }
}
