namespace Tallygate.PromQL.Ast;

/// <summary>What is known of the aggregations.</summary>
public static class AggregateOperators
{
    /// <summary>The aggregation as it is written.</summary>
    public static string Text(this AggregateOperator op) => op switch
    {
        AggregateOperator.Sum => "sum",
        AggregateOperator.Avg => "avg",
        AggregateOperator.Count => "count",
        AggregateOperator.Min => "min",
        AggregateOperator.Max => "max",
        AggregateOperator.Group => "group",
        AggregateOperator.Stddev => "stddev",
        AggregateOperator.Stdvar => "stdvar",
        AggregateOperator.TopK => "topk",
        AggregateOperator.BottomK => "bottomk",
        AggregateOperator.CountValues => "count_values",
        AggregateOperator.Quantile => "quantile",
        AggregateOperator.LimitK => "limitk",
        _ => "limit_ratio",
    };

    /// <summary>Whether a parameter comes before the vector.</summary>
    public static bool HasParameter(this AggregateOperator op) => op >= AggregateOperator.TopK;

    /// <summary>Whether it has to be switched on.</summary>
    public static bool IsExperimental(this AggregateOperator op) => op >= AggregateOperator.LimitK;
}
