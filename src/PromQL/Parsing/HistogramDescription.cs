using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Parsing;

/// <summary>Parses a histogram of series notation: <c>{{schema:1 buckets:[1 2]}}</c>.</summary>
internal sealed class HistogramDescription(TokenStream tokens, SeriesNumbers numbers)
{
    private static readonly HashSet<string> Keys = new(StringComparer.OrdinalIgnoreCase)
    {
        "sum", "count", "schema", "offset", "n_offset", "buckets", "n_buckets", "z_bucket", "z_bucket_w", "custom_values",
        "counter_reset_hint",
    };

    private readonly HashSet<string> _given = [];
    private readonly FloatHistogram _histogram = new();
    private int _offset;
    private int _negativeOffset;

    /// <summary>Whether the hint was stated.</summary>
    public bool HintWasGiven => _given.Contains("counter_reset_hint");

    public static bool IsKey(string word) => Keys.Contains(word);

    public static bool TryGetHint(string word, out CounterResetHint hint)
    {
        CounterResetHint? found = word.ToLowerInvariant() switch
        {
            "unknown" => CounterResetHint.Unknown,
            "reset" => CounterResetHint.CounterReset,
            "not_reset" => CounterResetHint.NotCounterReset,
            "gauge" => CounterResetHint.Gauge,
            _ => null,
        };
        hint = found ?? default;
        return found is not null;
    }

    /// <summary>Parses the histogram; null after an error.</summary>
    public FloatHistogram? Parse()
    {
        tokens.Advance();
        if (tokens.TryAdvance(TokenKind.Space))
        {
            return tokens.Kind == TokenKind.CloseHistogram ? Close() : Fail();
        }

        var first = true;
        while (tokens.Kind != TokenKind.CloseHistogram)
        {
            if (!first)
            {
                if (!tokens.TryAdvance(TokenKind.Space))
                {
                    tokens.Unexpected("histogram description", "histogram description key, e.g. buckets:[5 10 7]");
                    return null;
                }

                if (tokens.Kind == TokenKind.CloseHistogram)
                {
                    break;
                }
            }

            first = false;
            if (tokens.Kind != TokenKind.HistogramKey)
            {
                return Fail();
            }

            var key = tokens.Written(tokens.Advance()).ToString().ToLowerInvariant();
            tokens.Advance();
            if (!_given.Add(key))
            {
                tokens.AddError(default, $"duplicate key \"{key}\" in histogram");
            }

            if (!TrySet(key))
            {
                return Fail();
            }
        }

        return Close();
    }

    private FloatHistogram Close()
    {
        tokens.Advance();
        _histogram.PositiveSpans = Span(_offset, _histogram.PositiveBuckets);
        _histogram.NegativeSpans = Span(_negativeOffset, _histogram.NegativeBuckets);
        return _histogram;
    }

    private static BucketSpan[] Span(int offset, double[] buckets) => buckets.Length == 0 ? [] : [new BucketSpan(offset, (uint)buckets.Length)];

    private FloatHistogram? Fail()
    {
        tokens.Unexpected("series values");
        return null;
    }

    private bool TrySet(string key)
    {
        double number;
        double[]? list;
        switch (key)
        {
            case "schema":
                return TryInteger(out var schema) && Set(() => _histogram.Schema = schema);
            case "offset":
                return TryInteger(out _offset);
            case "n_offset":
                return TryInteger(out _negativeOffset);
            case "sum":
                return numbers.TrySigned(out number) && Set(() => _histogram.Sum = number);
            case "count":
                return numbers.TrySigned(out number) && Set(() => _histogram.Count = number);
            case "z_bucket":
                return numbers.TrySigned(out number) && Set(() => _histogram.ZeroCount = number);
            case "z_bucket_w":
                return numbers.TryUnsigned(out number) && Set(() => _histogram.ZeroThreshold = number);
            case "buckets":
                return TryList(out list) && Set(() => _histogram.PositiveBuckets = list);
            case "n_buckets":
                return TryList(out list) && Set(() => _histogram.NegativeBuckets = list);
            case "custom_values":
                return TryList(out list) && Set(() => _histogram.CustomValues = list);
            default:
                if (tokens.Kind != TokenKind.HistogramHint)
                {
                    return false;
                }

                TryGetHint(tokens.Written(tokens.Advance()).ToString(), out var hint);
                return Set(() => _histogram.CounterResetHint = hint);
        }
    }

    private static bool Set(Action set)
    {
        set();
        return true;
    }

    private bool TryInteger(out int value)
    {
        var negative = tokens.TryAdvance(TokenKind.Subtract);
        value = 0;
        if (!numbers.TryCount(out var magnitude))
        {
            return false;
        }

        value = (int)Math.Min(magnitude, int.MaxValue);
        value = negative ? -value : value;
        return true;
    }

    private bool TryList(out double[] list)
    {
        var found = new List<double>();
        list = [];
        if (!tokens.TryAdvance(TokenKind.LeftBracket))
        {
            return false;
        }

        do
        {
            if (found.Count > 0 && tokens.Kind == TokenKind.RightBracket)
            {
                break;
            }

            if (!numbers.TrySigned(out var number))
            {
                return false;
            }

            found.Add(number);
        }
        while (tokens.TryAdvance(TokenKind.Space));

        list = [.. found];
        return tokens.TryAdvance(TokenKind.RightBracket);
    }
}
