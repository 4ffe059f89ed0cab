namespace Tallygate.PromQL.Parsing;

/// <summary>The kinds of tokens. The order forms the groups that <see cref="TokenKinds"/> asks for.</summary>
internal enum TokenKind : byte
{
    End, Error, Identifier, MetricIdentifier, String, Number, Duration,

    LeftParen, RightParen, LeftBrace, RightBrace, LeftBracket, RightBracket, Comma, Equal, Colon,
    Space, Blank, Times, OpenHistogram, CloseHistogram,

    // Keys and words of histogram descriptions.
    HistogramKey, HistogramHint,

    // Operators.
    Add, Divide, EqualEqual, EqualRegex, GreaterOrEqual, Greater, TrimUpper, TrimLower, And, Or, Less, LessOrEqual, Unless, Modulo,
    Multiply, NotEqual, NotRegex, Power, Subtract, At, Atan2,

    // Aggregations.
    Avg, BottomK, Count, CountValues, Group, Max, Min, Quantile, Stddev, Stdvar, Sum, TopK, LimitK, LimitRatio,

    // Keywords.
    Bool, By, GroupLeft, GroupRight, Fill, FillLeft, FillRight, Ignoring, Offset, Smoothed, Anchored, On, Without,

    // Words that are functions of the query's own times.
    Start, EndWord, Step, Range, MaxOf, MinOf,
}
