using System.Collections.Frozen;
using Tallygate.Model;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>The words of the language, and how messages name tokens.</summary>
internal static class TokenKinds
{
    private static readonly FrozenDictionary<string, TokenKind> Words = new Dictionary<string, TokenKind>
    {
        ["and"] = TokenKind.And,
        ["or"] = TokenKind.Or,
        ["unless"] = TokenKind.Unless,
        ["atan2"] = TokenKind.Atan2,
        ["sum"] = TokenKind.Sum,
        ["avg"] = TokenKind.Avg,
        ["count"] = TokenKind.Count,
        ["min"] = TokenKind.Min,
        ["max"] = TokenKind.Max,
        ["group"] = TokenKind.Group,
        ["stddev"] = TokenKind.Stddev,
        ["stdvar"] = TokenKind.Stdvar,
        ["topk"] = TokenKind.TopK,
        ["bottomk"] = TokenKind.BottomK,
        ["count_values"] = TokenKind.CountValues,
        ["quantile"] = TokenKind.Quantile,
        ["limitk"] = TokenKind.LimitK,
        ["limit_ratio"] = TokenKind.LimitRatio,
        ["offset"] = TokenKind.Offset,
        ["smoothed"] = TokenKind.Smoothed,
        ["anchored"] = TokenKind.Anchored,
        ["by"] = TokenKind.By,
        ["without"] = TokenKind.Without,
        ["on"] = TokenKind.On,
        ["ignoring"] = TokenKind.Ignoring,
        ["group_left"] = TokenKind.GroupLeft,
        ["group_right"] = TokenKind.GroupRight,
        ["fill"] = TokenKind.Fill,
        ["fill_left"] = TokenKind.FillLeft,
        ["fill_right"] = TokenKind.FillRight,
        ["bool"] = TokenKind.Bool,
        ["start"] = TokenKind.Start,
        ["end"] = TokenKind.EndWord,
        ["step"] = TokenKind.Step,
        ["range"] = TokenKind.Range,
        ["max_of"] = TokenKind.MaxOf,
        ["min_of"] = TokenKind.MinOf,
        ["inf"] = TokenKind.Number,
        ["nan"] = TokenKind.Number,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, TokenKind>.AlternateLookup<ReadOnlySpan<char>> WordsBySpan =
        Words.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<TokenKind, BinaryOperator> Binary = new Dictionary<TokenKind, BinaryOperator>
    {
        [TokenKind.Add] = BinaryOperator.Add,
        [TokenKind.Subtract] = BinaryOperator.Subtract,
        [TokenKind.Multiply] = BinaryOperator.Multiply,
        [TokenKind.Divide] = BinaryOperator.Divide,
        [TokenKind.Modulo] = BinaryOperator.Modulo,
        [TokenKind.Power] = BinaryOperator.Power,
        [TokenKind.Atan2] = BinaryOperator.Atan2,
        [TokenKind.EqualEqual] = BinaryOperator.Equal,
        [TokenKind.NotEqual] = BinaryOperator.NotEqual,
        [TokenKind.Greater] = BinaryOperator.Greater,
        [TokenKind.GreaterOrEqual] = BinaryOperator.GreaterOrEqual,
        [TokenKind.Less] = BinaryOperator.Less,
        [TokenKind.LessOrEqual] = BinaryOperator.LessOrEqual,
        [TokenKind.TrimUpper] = BinaryOperator.TrimUpper,
        [TokenKind.TrimLower] = BinaryOperator.TrimLower,
        [TokenKind.And] = BinaryOperator.And,
        [TokenKind.Or] = BinaryOperator.Or,
        [TokenKind.Unless] = BinaryOperator.Unless,
    }.ToFrozenDictionary();

    /// <summary>What a word is: a keyword, a number in words, or an identifier, which may hold colons.</summary>
    public static TokenKind OfWord(ReadOnlySpan<char> word) =>
        WordsBySpan.TryGetValue(word, out var kind) ? kind
        : word.Contains(':') ? TokenKind.MetricIdentifier
        : TokenKind.Identifier;

    /// <summary>The words that stand for durations inside brackets; <see cref="TokenKind.Error"/> for all others.</summary>
    public static TokenKind OfDurationWord(ReadOnlySpan<char> word) => OfWord(word) is var kind and >= TokenKind.Step ? kind : TokenKind.Error;

    public static bool TryGetBinary(this TokenKind kind, out BinaryOperator op) => Binary.TryGetValue(kind, out op);

    public static bool IsAggregation(this TokenKind kind) => kind is >= TokenKind.Avg and <= TokenKind.LimitRatio;

    public static AggregateOperator Aggregation(this TokenKind kind) => kind switch
    {
        TokenKind.Avg => AggregateOperator.Avg,
        TokenKind.BottomK => AggregateOperator.BottomK,
        TokenKind.Count => AggregateOperator.Count,
        TokenKind.CountValues => AggregateOperator.CountValues,
        TokenKind.Group => AggregateOperator.Group,
        TokenKind.Max => AggregateOperator.Max,
        TokenKind.Min => AggregateOperator.Min,
        TokenKind.Quantile => AggregateOperator.Quantile,
        TokenKind.Stddev => AggregateOperator.Stddev,
        TokenKind.Stdvar => AggregateOperator.Stdvar,
        TokenKind.Sum => AggregateOperator.Sum,
        TokenKind.TopK => AggregateOperator.TopK,
        TokenKind.LimitK => AggregateOperator.LimitK,
        _ => AggregateOperator.LimitRatio,
    };

    /// <summary>Whether the token can name a metric without quotes.</summary>
    public static bool IsMetricName(this TokenKind kind) => kind is TokenKind.Identifier or TokenKind.MetricIdentifier
        or TokenKind.And or TokenKind.Or or TokenKind.Unless or TokenKind.By or TokenKind.Fill or TokenKind.FillLeft or TokenKind.FillRight
        or TokenKind.Offset or TokenKind.Smoothed or TokenKind.Anchored or TokenKind.Without or >= TokenKind.Start
        || kind.IsAggregation();

    /// <summary>Whether the token can name a label without quotes in <c>by (…)</c> and its like.</summary>
    public static bool IsLabelName(this TokenKind kind) =>
        kind.IsMetricName() || kind is TokenKind.Atan2 or (>= TokenKind.Bool and <= TokenKind.Without);

    /// <summary>The token as messages name it: <c>identifier "foo"</c>, <c>&lt;op:*&gt;</c>, <c>&lt;by&gt;</c>.</summary>
    public static string Describe(in Token token, string text)
    {
        var written = text.AsSpan(token.Start, token.End - token.Start);
        return token.Kind switch
        {
            TokenKind.End => "end of input",
            TokenKind.Identifier => "identifier " + GoQuote.Quote(written),
            TokenKind.MetricIdentifier => "metric identifier " + GoQuote.Quote(written),
            TokenKind.String => "string " + Shortened(written),
            TokenKind.Number => "number " + Shortened(written),
            TokenKind.Duration => "duration " + Shortened(written),
            >= TokenKind.Bool and <= TokenKind.Without => $"<{written}>",
            >= TokenKind.Add and <= TokenKind.Atan2 => $"<op:{written}>",
            >= TokenKind.Avg and <= TokenKind.LimitRatio => $"<aggr:{written}>",
            TokenKind.HistogramKey or TokenKind.HistogramHint => "histogram description " + Shortened(written),
            _ => Shortened(written),
        };
    }

    private static string Shortened(ReadOnlySpan<char> written)
    {
        var runes = 0;
        var bytes = 0;
        var tenth = 0;
        foreach (var rune in written.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (runes++ < 10)
            {
                tenth += rune.Utf16SequenceLength;
            }
        }

        return bytes > 10 ? GoQuote.Quote(written[..tenth]) + "..." : GoQuote.Quote(written);
    }
}
