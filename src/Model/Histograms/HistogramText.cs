using System.Globalization;
using System.Text;

namespace Tallygate.Model.Histograms;

/// <summary>Writes histograms as text.</summary>
internal static class HistogramText
{
    public static string Describe(FloatHistogram h)
    {
        var text = new StringBuilder("{count:");
        FloatText.Append(text, h.Count, FloatForm.General);
        FloatText.Append(text.Append(", sum:"), h.Sum, FloatForm.General);
        foreach (var bucket in h.EnumerateAll())
        {
            if (bucket.Count != 0)
            {
                text.Append(", ").Append(bucket.LowerInclusive ? '[' : '(');
                FloatText.Append(text, bucket.Lower, FloatForm.General);
                FloatText.Append(text.Append(','), bucket.Upper, FloatForm.General);
                FloatText.Append(text.Append(bucket.UpperInclusive ? "]:" : "):"), bucket.Count, FloatForm.General);
            }
        }

        return text.Append('}').ToString();
    }

    public static string Notation(FloatHistogram h)
    {
        var compact = h.Copy();
        compact.Compact(int.MaxValue);
        var parts = new List<string>();
        if (h.Schema != 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"schema:{h.Schema}"));
        }

        Add("count", h.Count);
        Add("sum", h.Sum);
        Add("z_bucket", h.ZeroCount);
        Add("z_bucket_w", h.ZeroThreshold);
        if (h.UsesCustomBuckets)
        {
            parts.Add($"custom_values:[{Join(h.CustomValues)}]");
        }

        switch (h.CounterResetHint)
        {
            case CounterResetHint.CounterReset:
                parts.Add("counter_reset_hint:reset");
                break;
            case CounterResetHint.NotCounterReset:
                parts.Add("counter_reset_hint:not_reset");
                break;
            case CounterResetHint.Gauge:
                parts.Add("counter_reset_hint:gauge");
                break;
        }

        AddBuckets("offset", "buckets", compact.PositiveSpans, compact.PositiveBuckets);
        AddBuckets("n_offset", "n_buckets", compact.NegativeSpans, compact.NegativeBuckets);
        return "{{" + string.Join(' ', parts) + "}}";

        void Add(string key, double value)
        {
            if (value != 0)
            {
                parts.Add(key + ":" + FloatText.Format(value, FloatForm.General));
            }
        }

        void AddBuckets(string offsetKey, string key, BucketSpan[] spans, double[] counts)
        {
            if (spans.Length > 0)
            {
                if (spans[0].Offset != 0)
                {
                    parts.Add(string.Create(CultureInfo.InvariantCulture, $"{offsetKey}:{spans[0].Offset}"));
                }

                parts.Add($"{key}:[{Join(counts)}]");
            }
        }
    }

    private static string Join(double[] values) => string.Join(' ', values.Select(v => FloatText.Format(v, FloatForm.General)));
}
