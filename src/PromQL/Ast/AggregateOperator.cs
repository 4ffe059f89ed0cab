namespace Tallygate.PromQL.Ast;

/// <summary>The aggregations over series.</summary>
public enum AggregateOperator
{
    /// <summary><c>sum</c></summary>
    Sum,

    /// <summary><c>avg</c></summary>
    Avg,

    /// <summary><c>count</c></summary>
    Count,

    /// <summary><c>min</c></summary>
    Min,

    /// <summary><c>max</c></summary>
    Max,

    /// <summary><c>group</c></summary>
    Group,

    /// <summary><c>stddev</c></summary>
    Stddev,

    /// <summary><c>stdvar</c></summary>
    Stdvar,

    /// <summary><c>topk</c>; has a parameter.</summary>
    TopK,

    /// <summary><c>bottomk</c>; has a parameter.</summary>
    BottomK,

    /// <summary><c>count_values</c>; has a parameter, a text.</summary>
    CountValues,

    /// <summary><c>quantile</c>; has a parameter.</summary>
    Quantile,

    /// <summary><c>limitk</c>; has a parameter; experimental.</summary>
    LimitK,

    /// <summary><c>limit_ratio</c>; has a parameter; experimental.</summary>
    LimitRatio,
}
