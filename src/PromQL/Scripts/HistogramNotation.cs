using System.Globalization;
using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Scripts;

/// <summary>Reads native histograms as scripts write them: <c>{{schema:1 sum:3 count:2 buckets:[1 1]}}</c>.</summary>
internal static class HistogramNotation
{
    /// <summary>Reads one histogram and goes behind it.</summary>
    /// <param name="hasHint">Whether the counter reset hint is stated.</param>
    public static FloatHistogram Read(string text, ref int at, out bool hasHint)
    {
        var start = at;
        var end = text.IndexOf("}}", at, StringComparison.Ordinal);
        if (!text.AsSpan(at).StartsWith("{{") || end < 0)
        {
            throw Invalid(at, "unexpected end of histogram");
        }

        at = end + 2;
        var histogram = new FloatHistogram();
        var offset = 0;
        var negativeOffset = 0;
        var seen = new HashSet<string>();
        hasHint = false;
        foreach (var (key, value) in Fields(text.AsSpan(start + 2, end - start - 2).ToString(), start + 2))
        {
            if (!seen.Add(key))
            {
                throw Invalid(start, $"duplicate key {GoQuote.Quote(key)} in histogram");
            }

            hasHint |= key == "counter_reset_hint";
            Set(histogram, key, value, start, ref offset, ref negativeOffset);
        }

        if (histogram.PositiveBuckets.Length > 0)
        {
            histogram.PositiveSpans = [new BucketSpan(offset, (uint)histogram.PositiveBuckets.Length)];
        }

        if (histogram.NegativeBuckets.Length > 0)
        {
            histogram.NegativeSpans = [new BucketSpan(negativeOffset, (uint)histogram.NegativeBuckets.Length)];
        }

        return histogram;
    }

    /// <summary>The first with the second added to or subtracted from it.</summary>
    public static FloatHistogram Combine(FloatHistogram first, FloatHistogram second, bool adds) =>
        throw Invalid(0, "sums of native histograms are not supported yet");

    private static IEnumerable<(string Key, string Value)> Fields(string text, int place)
    {
        var at = 0;
        if (text.Length > 1 && text[0] == ' ' && text.Trim().Length > 0)
        {
            throw Invalid(place, "unexpected blank behind {{ in series values");
        }

        while (at < text.Length)
        {
            if (text[at] == ' ')
            {
                at++;
                continue;
            }

            var colon = text.IndexOf(':', at);
            if (colon < 0 || text.AsSpan(at, colon - at).Contains(' '))
            {
                throw Invalid(place + at, "missing `:` for histogram descriptor");
            }

            var isList = colon + 1 < text.Length && text[colon + 1] == '[';
            var end = text.IndexOf(isList ? ']' : ' ', colon + 1);
            if (end < 0 && isList)
            {
                throw Invalid(place + at, "unexpected end of input in histogram description, expected \"]\"");
            }

            end = end < 0 ? text.Length : isList ? end + 1 : end;
            if (isList && colon + 2 < text.Length && text[colon + 2] == ' ' && end > colon + 3)
            {
                throw Invalid(place + colon + 2, "unexpected \" \" in series values");
            }

            yield return (text[at..colon], text[(colon + 1)..end]);
            at = end;
        }
    }

    private static void Set(FloatHistogram histogram, string key, string value, int place, ref int offset, ref int negativeOffset)
    {
        switch (key)
        {
            case "schema":
                histogram.Schema = (int)Integer(value, place);
                break;
            case "sum":
                histogram.Sum = Number(value, place);
                break;
            case "count":
                histogram.Count = Number(value, place);
                break;
            case "z_bucket":
                histogram.ZeroCount = Number(value, place);
                break;
            case "z_bucket_w":
                histogram.ZeroThreshold = Number(value, place);
                break;
            case "buckets":
                histogram.PositiveBuckets = Numbers(value, place);
                break;
            case "n_buckets":
                histogram.NegativeBuckets = Numbers(value, place);
                break;
            case "custom_values":
                histogram.CustomValues = Numbers(value, place);
                break;
            case "offset":
                offset = (int)Integer(value, place);
                break;
            case "n_offset":
                negativeOffset = (int)Integer(value, place);
                break;
            case "counter_reset_hint":
                histogram.CounterResetHint = Hint(value, place);
                break;
            default:
                throw Invalid(place, $"bad histogram descriptor found: {GoQuote.Quote(key)}");
        }
    }

    private static CounterResetHint Hint(string value, int place) => value switch
    {
        "unknown" => CounterResetHint.Unknown,
        "reset" => CounterResetHint.CounterReset,
        "not_reset" => CounterResetHint.NotCounterReset,
        "gauge" => CounterResetHint.Gauge,
        _ => throw Invalid(place, $"bad counter reset hint {GoQuote.Quote(value)}"),
    };

    private static double Number(string value, int place) =>
        FloatText.TryParse(value, out var number) ? number : throw Invalid(place, $"bad number {GoQuote.Quote(value)} in histogram");

    private static long Integer(string value, int place) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is <= int.MaxValue and >= int.MinValue
            ? number
            : throw Invalid(place, $"bad integer {GoQuote.Quote(value)} in histogram");

    private static double[] Numbers(string value, int place)
    {
        if (!value.StartsWith('[') || !value.EndsWith(']'))
        {
            throw Invalid(place, "expected [ in histogram description");
        }

        var items = value[1..^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(items, item => Number(item, place));
    }

    private static ScriptException Invalid(int place, string message) =>
        new(0, string.Create(CultureInfo.InvariantCulture, $"1:{place + 1}: parse error: {message}"));
}
