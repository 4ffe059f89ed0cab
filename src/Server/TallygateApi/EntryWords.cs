using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Server.PrometheusApi;

namespace Tallygate.Server.TallygateApi;

/// <summary>The words for what entries of the push log say, the same in every format.</summary>
internal static class EntryWords
{
    public static string Of(PushVerb verb) => verb switch
    {
        PushVerb.Replace => "replace",
        PushVerb.Merge => "merge",
        PushVerb.Delete => "delete",
        PushVerb.Wipe => "wipe",
        PushVerb.Expire => "expire",
        PushVerb.RunClosed => "run_closed",
        PushVerb.Configure => "configure",
        PushVerb.Forget => "forget",
        _ => "snapshot",
    };

    public static string Of(PushVerdict verdict) => verdict == PushVerdict.Accepted ? "accepted" : "refused";

    public static string Of(RunState state) => state switch
    {
        RunState.Running => "running",
        RunState.Finished => "finished",
        RunState.Failed => "failed",
        RunState.Abandoned => "abandoned",
        _ => "",
    };

    public static string Of(PushKey key) => key.Hash.ToString("x32");

    public static string Time(long unixNano) => Rfc3339.FromNano(unixNano);

    /// <summary>The samples of a family as they are booked, each with its series in PromQL's notation; buckets of native histograms as a number only.</summary>
    /// <param name="without">Labels that are not shown; null for none.</param>
    public static IEnumerable<(string Series, string Value)> Samples(MetricFamily family, Labels? without = null)
    {
        foreach (var metric in family.Metrics)
        {
            var labels = without is null ? metric.Labels : Without(metric.Labels, without);
            if (metric.Summary is { } summary)
            {
                foreach (var quantile in summary.Quantiles)
                {
                    yield return (Series(family.Name, labels.With("quantile", Text(quantile.Rank))), Text(quantile.Value));
                }

                yield return (Series(family.Name + "_sum", labels), Text(summary.SampleSum ?? 0));
                yield return (Series(family.Name + "_count", labels), Text(summary.SampleCount ?? 0));
            }
            else if (metric.Histogram is { } histogram)
            {
                foreach (var bucket in histogram.Buckets)
                {
                    var count = bucket.CumulativeCountFloat ?? bucket.CumulativeCount ?? 0;
                    yield return (Series(family.Name + "_bucket", labels.With("le", Text(bucket.UpperBound))), Text(count));
                }

                yield return (Series(family.Name + "_sum", labels), Text(histogram.SampleSum ?? 0));
                yield return (Series(family.Name + "_count", labels), Text(histogram.SampleCountFloat ?? histogram.SampleCount ?? 0));
            }
            else
            {
                yield return (Series(family.Name, labels), Text(metric.Value));
            }
        }
    }

    private static Labels Without(Labels labels, Labels others)
    {
        var kept = new LabelsBuilder();
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (!others.Has(label.Name))
            {
                kept.Set(label.Name, label.Value);
            }
        }

        return kept.ToLabels();
    }

    private static string Series(string name, Labels labels) =>
        NameValidation.IsLegacyMetricName(name) ? (labels.WithoutEmpty() is { Count: > 0 } kept ? name + kept : name) : labels.WithoutEmpty().With(Labels.MetricName, name).ToString();

    private static string Text(double value) => FloatText.Format(value, FloatForm.General);
}
