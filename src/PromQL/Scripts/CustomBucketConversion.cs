using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Parsing;

namespace Tallygate.PromQL.Scripts;

/// <summary>Makes native histograms with custom buckets out of the classic histograms of a load.</summary>
internal static class CustomBucketConversion
{
    /// <summary>Converts; false where counts decrease, are negative or contradict each other.</summary>
    public static bool TryConvert(
        IReadOnlyList<SeriesDescription> classic,
        [NotNullWhen(true)] out IReadOnlyList<SeriesDescription>? native,
        [NotNullWhen(false)] out string? error)
    {
        native = null;
        error = null;
        var converted = new List<SeriesDescription>();
        foreach (var group in classic.Select(Part.Of).OfType<Part>().GroupBy(static part => part.Labels))
        {
            var parts = group.ToList();
            var values = new List<SequenceValue>();
            for (var i = 0; i < parts.Max(static part => part.Values.Count); i++)
            {
                var present = parts.FindAll(part => part.HasFloat(i));
                if (present.Count == 0)
                {
                    values.Add(SequenceValue.None);
                    continue;
                }

                if (Convert(present, i) is not { } histogram)
                {
                    error = $"the counts of the classic histogram {group.Key} do not fit each other";
                    return false;
                }

                values.Add(SequenceValue.Of(histogram, hintWasGiven: false));
            }

            converted.Add(new SeriesDescription(group.Key, values));
        }

        native = converted;
        return true;
    }

    private static FloatHistogram? Convert(List<Part> parts, int index)
    {
        var buckets = parts.Where(static part => part.Kind == PartKind.Bucket)
            .OrderBy(static part => part.Bound)
            .Select(part => (part.Bound, Count: part.Values[index].Value))
            .ToList();
        var stated = parts.Find(static part => part.Kind == PartKind.Count);
        var count = stated?.Values[index].Value ?? (buckets.Count > 0 ? buckets[^1].Count : 0);
        if (buckets.Count == 0 || !double.IsPositiveInfinity(buckets[^1].Bound))
        {
            buckets.Add((double.PositiveInfinity, count));
        }

        var populations = new double[buckets.Count];
        var before = 0.0;
        for (var i = 0; i < populations.Length; i++)
        {
            populations[i] = buckets[i].Count - before;
            before = buckets[i].Count;
        }

        return Array.Exists(populations, static p => !(p >= 0)) || before != count
            ? null
            : new FloatHistogram
            {
                Schema = FloatHistogram.CustomBucketsSchema,
                Count = count,
                Sum = parts.Find(static part => part.Kind == PartKind.Sum)?.Values[index].Value ?? 0,
                CustomValues = [.. buckets.SkipLast(1).Select(static bucket => bucket.Bound)],
                PositiveSpans = [new BucketSpan(0, (uint)populations.Length)],
                PositiveBuckets = populations,
            };
    }

    private enum PartKind
    {
        Bucket,
        Count,
        Sum,
    }

    /// <summary>One series of a classic histogram.</summary>
    private sealed record Part(PartKind Kind, Labels Labels, double Bound, IReadOnlyList<SequenceValue> Values)
    {
        public static Part? Of(SeriesDescription series)
        {
            var name = series.Labels.Name;
            if (name.EndsWith("_bucket", StringComparison.Ordinal))
            {
                return FloatText.TryParse(series.Labels.Get("le"), out var bound) && !double.IsNaN(bound)
                    ? Make(PartKind.Bucket, series, "_bucket", bound)
                    : null;
            }

            return name.EndsWith("_count", StringComparison.Ordinal) ? Make(PartKind.Count, series, "_count", 0)
                : name.EndsWith("_sum", StringComparison.Ordinal) ? Make(PartKind.Sum, series, "_sum", 0)
                : null;
        }

        public bool HasFloat(int index) => index < Values.Count && !Values[index].Omitted && Values[index].Histogram is null;

        private static Part Make(PartKind kind, SeriesDescription series, string suffix, double bound)
        {
            var labels = series.Labels.Without("le").With(Labels.MetricName, series.Labels.Name[..^suffix.Length]);
            return new Part(kind, labels, bound, series.Values);
        }
    }
}
