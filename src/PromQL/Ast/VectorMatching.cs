namespace Tallygate.PromQL.Ast;

/// <summary>How the series of two vectors find each other.</summary>
public sealed record VectorMatching
{
    /// <summary>How many of each side may match.</summary>
    public MatchCardinality Cardinality { get; init; }

    /// <summary>The labels of <c>on</c> or <c>ignoring</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether <see cref="Labels"/> are those of <c>on</c>; otherwise they are ignored ones.</summary>
    public bool On { get; init; }

    /// <summary>The labels that <c>group_left</c> or <c>group_right</c> takes over from the one side.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>The value for a series that the left side lacks; null: no result.</summary>
    public double? FillLeft { get; init; }

    /// <summary>The value for a series that the right side lacks; null: no result.</summary>
    public double? FillRight { get; init; }
}
