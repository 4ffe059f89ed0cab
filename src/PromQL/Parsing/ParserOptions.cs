namespace Tallygate.PromQL.Parsing;

/// <summary>Which parts of the language are switched on. The default is what Prometheus 3.14 understands without a feature flag.</summary>
public sealed record ParserOptions
{
    /// <summary>The language without any feature flag.</summary>
    public static readonly ParserOptions Default = new();

    /// <summary>Everything switched on.</summary>
    public static readonly ParserOptions All = new()
    {
        ExperimentalFunctions = true,
        ExtendedRangeSelectors = true,
        FillModifiers = true,
    };

    /// <summary>Functions and aggregations that are marked experimental (<c>promql-experimental-functions</c>).</summary>
    public bool ExperimentalFunctions { get; init; }

    /// <summary>Calculations inside <c>[…]</c> and behind <c>offset</c>; on without a flag since 3.14.</summary>
    public bool DurationExpressions { get; init; } = true;

    /// <summary><c>anchored</c> and <c>smoothed</c> (<c>promql-extended-range-selectors</c>).</summary>
    public bool ExtendedRangeSelectors { get; init; }

    /// <summary><c>fill</c>, <c>fill_left</c>, <c>fill_right</c> (<c>promql-binop-fill-modifiers</c>).</summary>
    public bool FillModifiers { get; init; }
}
