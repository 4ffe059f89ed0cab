using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;

namespace Tallygate.Gateway.Folds;

/// <summary>
/// The stored series of one family of one group: the store's references, kept for as long as the family keeps its shape.
/// </summary>
/// <remarks>
/// Order per metric: the value; or the quantiles, sum and count; or the buckets (with <c>+Inf</c>, also where it was not given), sum and
/// count, and last the native histogram. <c>le</c> and <c>quantile</c> are written as Prometheus 3 stores them (<c>1.0</c>).
/// </remarks>
internal sealed class SeriesSlots : StoredSeries
{
    private readonly SlotNames _names;

    private SeriesSlots(MetricFamily family, int count, SlotNames names)
        : base(count)
    {
        Family = family;
        _names = names;
    }

    /// <summary>The family as it came last.</summary>
    public MetricFamily Family { get; private set; }

    /// <summary>The family's name.</summary>
    public string Name => Family.Name;

    /// <summary>Makes the series of <paramref name="family"/>.</summary>
    public static SeriesSlots Of(MetricFamily family, SlotNames names) =>
        new(family, family.Metrics is PlainMetrics plain ? plain.Count : Make(family, names).Length, names);

    /// <inheritdoc/>
    public override Labels[] MakeLabels() => Make(Family, _names);

    /// <summary>
    /// Takes <paramref name="family"/>, which has the same name, in place of the one before, if it has the very series of these slots, in
    /// the same order.
    /// </summary>
    public bool TryTake(MetricFamily family)
    {
        if (!Fits(family))
        {
            return false;
        }

        Family = family;
        return true;
    }

    /// <summary>Whether <paramref name="family"/>, which has the same name, has the very series of these slots, in the same
    /// order.</summary>
    private bool Fits(MetricFamily family)
    {
        if (ReferenceEquals(Family, family))
        {
            return true;
        }

        if (Family.Metrics is PlainMetrics known && family.Metrics is PlainMetrics plain)
        {
            return known.Payload == plain.Payload && Family.HasSameLabels(family);
        }

        if (Family.Metrics.Count != family.Metrics.Count)
        {
            return false;
        }

        for (var i = 0; i < family.Metrics.Count; i++)
        {
            var a = Family.Metrics[i];
            var b = family.Metrics[i];
            if (a.Payload != b.Payload || !a.Labels.Equals(b.Labels) || !SameParts(a, b))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Appends one sample for each series, with the values of the family. A refused sample does not stop the others.</summary>
    /// <returns>How many samples the store refused.</returns>
    public int Append(IAppender appender, long time)
    {
        var run = new Run(appender, time);
        if (Family.Metrics is PlainMetrics plain)
        {
            foreach (var value in plain.Values)
            {
                Append(ref run, value);
            }

            return run.Refused;
        }

        for (var i = 0; i < Family.Metrics.Count; i++)
        {
            var metric = Family.Metrics[i];
            if (metric.Summary is { } summary)
            {
                foreach (ref readonly var quantile in summary.Quantiles.AsSpan())
                {
                    Append(ref run, quantile.Value);
                }

                Append(ref run, summary.SampleSum ?? 0);
                Append(ref run, summary.SampleCount ?? 0);
            }
            else if (metric.Histogram is { } histogram)
            {
                Append(ref run, histogram);
            }
            else
            {
                Append(ref run, metric.Value, metric.Exemplar);
            }
        }

        return run.Refused;
    }

    private static Labels[] Make(MetricFamily family, SlotNames names)
    {
        var labels = new List<Labels>(family.Metrics.Count);
        for (var i = 0; i < family.Metrics.Count; i++)
        {
            AddSeries(labels, family.Name, names.Suffix, family.Metrics[i]);
        }

        return names.Change is { } change ? [.. labels.Select(change)] : [.. labels];
    }

    private void Append(ref Run run, Histogram histogram)
    {
        if (NativeHistograms.HasClassic(histogram))
        {
            var count = histogram.SampleCountFloat ?? histogram.SampleCount ?? 0;
            foreach (ref readonly var bucket in histogram.Buckets.AsSpan())
            {
                Append(ref run, bucket.CumulativeCountFloat ?? bucket.CumulativeCount ?? 0, bucket.Exemplar);
            }

            if (!EndsWithInfinity(histogram.Buckets))
            {
                Append(ref run, count);
            }

            Append(ref run, histogram.SampleSum ?? 0);
            Append(ref run, count);
        }

        if (NativeHistograms.HasNative(histogram))
        {
            var slot = run.Slot;
            run.Note(Append(run.Appender, slot, run.Time, NativeHistograms.ToFloat(histogram), ref run.Made));
            var exemplars = histogram.Exemplars.Where(static e => e.TimestampUnixNano is not null);
            foreach (var exemplar in exemplars.OrderBy(static e => e.TimestampUnixNano))
            {
                run.Exemplars?.Append(this[slot], Labels.Empty, exemplar, run.Time);
            }
        }
    }

    // A pushed NaN may carry any bits; the stale marker's would end the series.
    private void Append(ref Run run, double value) =>
        run.Note(Append(run.Appender, run.Slot, run.Time, double.IsNaN(value) ? StaleMarker.NormalNaN : value, ref run.Made));

    private void Append(ref Run run, double value, Exemplar? exemplar)
    {
        var slot = run.Slot;
        Append(ref run, value);
        if (exemplar is not null)
        {
            run.Exemplars?.Append(this[slot], Labels.Empty, exemplar, run.Time);
        }
    }

    /// <summary>Where a run of appends stands.</summary>
    private struct Run(IAppender appender, long time)
    {
        public readonly IAppender Appender = appender;
        public readonly IExemplarAppender? Exemplars = appender.Exemplars;
        public readonly long Time = time;
        public Labels[]? Made;
        public int Slot;
        public int Refused;

        public void Note(AppendStatus status)
        {
            Slot++;
            Refused += status == AppendStatus.Appended ? 0 : 1;
        }
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
