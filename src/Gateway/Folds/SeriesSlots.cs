using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Gateway.Folds;

/// <summary>
/// The stored series of one family of one group: labels as a store keeps them, and the store's references, both made once for as long as
/// the family keeps its shape. So an append of an unchanged family allocates nothing.
/// </summary>
/// <remarks>
/// Order per metric: the value; or the quantiles, sum and count; or the buckets (with <c>+Inf</c>, also where it was not given), sum and
/// count, and last the native histogram. <c>le</c> and <c>quantile</c> are written as Prometheus 3 stores them (<c>1.0</c>).
/// </remarks>
internal sealed class SeriesSlots
{
    private readonly MetricFamily _shape;
    private readonly Labels[] _labels;
    private readonly SeriesRef[] _refs;

    private SeriesSlots(MetricFamily shape, List<Labels> labels)
    {
        _shape = shape;
        _labels = [.. labels];
        _refs = new SeriesRef[_labels.Length];
    }

    /// <summary>The family's name.</summary>
    public string Name => _shape.Name;

    /// <summary>The labels of the series, in the order of the appends.</summary>
    public ReadOnlySpan<Labels> Labels => _labels;

    /// <summary>Makes the series of <paramref name="family"/>; each name ends with <paramref name="suffix"/>.</summary>
    public static SeriesSlots Of(MetricFamily family, string suffix, Func<Labels, Labels>? change = null)
    {
        var labels = new List<Labels>(family.Metrics.Count);
        foreach (var metric in family.Metrics)
        {
            AddSeries(labels, family.Name, suffix, metric);
        }

        if (change is not null)
        {
            for (var i = 0; i < labels.Count; i++)
            {
                labels[i] = change(labels[i]);
            }
        }

        return new SeriesSlots(family, labels);
    }

    /// <summary>Whether <paramref name="family"/>, which has the same name, has the very series of these slots, in the same
    /// order.</summary>
    public bool Fits(MetricFamily family)
    {
        if (ReferenceEquals(_shape, family))
        {
            return true;
        }

        if (_shape.Metrics is PlainMetrics known && family.Metrics is PlainMetrics plain)
        {
            return known.Payload == plain.Payload && _shape.HasSameLabels(family);
        }

        if (_shape.Metrics.Count != family.Metrics.Count)
        {
            return false;
        }

        for (var i = 0; i < family.Metrics.Count; i++)
        {
            var a = _shape.Metrics[i];
            var b = family.Metrics[i];
            if (a.Payload != b.Payload || !a.Labels.Equals(b.Labels) || !SameParts(a, b))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Appends one sample for each series. A refused sample does not stop the others.</summary>
    /// <returns>How many samples the store refused.</returns>
    public int Append(IAppender appender, MetricFamily family, long time)
    {
        var at = 0;
        var refused = 0;
        if (family.Metrics is PlainMetrics plain)
        {
            foreach (var value in plain.Values)
            {
                refused += Append(appender, ref at, time, value);
            }

            return refused;
        }

        for (var i = 0; i < family.Metrics.Count; i++)
        {
            var metric = family.Metrics[i];
            if (metric.Summary is { } summary)
            {
                foreach (ref readonly var quantile in summary.Quantiles.AsSpan())
                {
                    refused += Append(appender, ref at, time, quantile.Value);
                }

                refused += Append(appender, ref at, time, summary.SampleSum ?? 0);
                refused += Append(appender, ref at, time, summary.SampleCount ?? 0);
            }
            else if (metric.Histogram is { } histogram)
            {
                refused += Append(appender, ref at, time, histogram);
            }
            else
            {
                refused += Append(appender, ref at, time, metric.Value);
            }
        }

        return refused;
    }

    /// <summary>Appends a stale marker to the series at <paramref name="slot"/>.</summary>
    public void AppendStale(IAppender appender, int slot, long time) =>
        appender.Append(ref _refs[slot], _labels[slot], time, StaleMarker.Value);

    private int Append(IAppender appender, ref int at, long time, Histogram histogram)
    {
        var refused = 0;
        if (NativeHistograms.HasClassic(histogram))
        {
            var count = histogram.SampleCountFloat ?? histogram.SampleCount ?? 0;
            foreach (ref readonly var bucket in histogram.Buckets.AsSpan())
            {
                refused += Append(appender, ref at, time, bucket.CumulativeCountFloat ?? bucket.CumulativeCount ?? 0);
            }

            if (!EndsWithInfinity(histogram.Buckets))
            {
                refused += Append(appender, ref at, time, count);
            }

            refused += Append(appender, ref at, time, histogram.SampleSum ?? 0);
            refused += Append(appender, ref at, time, count);
        }

        if (NativeHistograms.HasNative(histogram))
        {
            var slot = at++;
            refused += appender.Append(ref _refs[slot], _labels[slot], time, NativeHistograms.ToFloat(histogram)) == AppendStatus.Appended ? 0 : 1;
        }

        return refused;
    }

    private int Append(IAppender appender, ref int at, long time, double value)
    {
        var slot = at++;
        if (double.IsNaN(value))
        {
            // A pushed NaN may carry any bits; the stale marker's would end the series.
            value = StaleMarker.NormalNaN;
        }

        var isNew = _refs[slot] == default;
        var status = appender.Append(ref _refs[slot], _labels[slot], time, value);
        if (isNew && _refs[slot] != default)
        {
            _labels[slot] = appender.Shared(_refs[slot], _labels[slot]);
        }

        return status == AppendStatus.Appended ? 0 : 1;
    }

    private static void AddSeries(List<Labels> target, string name, string suffix, Metric metric)
    {
        if (metric.Summary is { } summary)
        {
            foreach (var quantile in summary.Quantiles)
            {
                target.Add(Stored(metric.Labels, name + suffix, "quantile", quantile.Rank));
            }

            target.Add(Stored(metric.Labels, name + "_sum" + suffix));
            target.Add(Stored(metric.Labels, name + "_count" + suffix));
            return;
        }

        if (metric.Histogram is not { } histogram)
        {
            target.Add(Stored(metric.Labels, name + suffix));
            return;
        }

        if (NativeHistograms.HasClassic(histogram))
        {
            foreach (var bucket in histogram.Buckets)
            {
                target.Add(Stored(metric.Labels, name + "_bucket" + suffix, "le", bucket.UpperBound));
            }

            if (!EndsWithInfinity(histogram.Buckets))
            {
                target.Add(Stored(metric.Labels, name + "_bucket" + suffix, "le", double.PositiveInfinity));
            }

            target.Add(Stored(metric.Labels, name + "_sum" + suffix));
            target.Add(Stored(metric.Labels, name + "_count" + suffix));
        }

        if (NativeHistograms.HasNative(histogram))
        {
            target.Add(Stored(metric.Labels, name + suffix));
        }
    }

    private static Labels Stored(Labels labels, string name) => labels.WithoutEmpty().With(Model.Labels.MetricName, name);

    private static Labels Stored(Labels labels, string name, string bound, double value) =>
        labels.WithoutEmpty().With(Model.Labels.MetricName, name).With(bound, FloatText.Format(value, FloatForm.Label));

    private static bool EndsWithInfinity(ClassicBucket[] buckets) => buckets.Length > 0 && double.IsPositiveInfinity(buckets[^1].UpperBound);

    private static bool SameParts(Metric a, Metric b)
    {
        if (a.Summary is { } sa && b.Summary is { } sb)
        {
            return SameRanks(sa.Quantiles, sb.Quantiles);
        }

        return a.Histogram is not { } ha || b.Histogram is not { } hb
            || (SameBounds(ha.Buckets, hb.Buckets)
                && NativeHistograms.HasNative(ha) == NativeHistograms.HasNative(hb)
                && NativeHistograms.HasClassic(ha) == NativeHistograms.HasClassic(hb));
    }

    private static bool SameRanks(Quantile[] a, Quantile[] b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            if (!a[i].Rank.Equals(b[i].Rank))
            {
                return false;
            }
        }

        return true;
    }

    private static bool SameBounds(ClassicBucket[] a, ClassicBucket[] b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            if (!a[i].UpperBound.Equals(b[i].UpperBound))
            {
                return false;
            }
        }

        return true;
    }
}
