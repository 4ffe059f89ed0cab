using System.Text;
using Tallygate.Model;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.PromQL.Ast;

/// <summary>Selects series by their labels.</summary>
public sealed class VectorSelector : Expr
{
    /// <summary>The metric name where it stands before or without braces; otherwise empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>All conditions, the one on the metric name among them (last, where <see cref="Name"/> is set).</summary>
    public required IReadOnlyList<LabelMatcher> Matchers { get; init; }

    /// <summary>The offset as written, milliseconds; 0 where there is none or where <see cref="OffsetExpr"/> says it.</summary>
    public long OffsetMs { get; init; }

    /// <summary>The offset where it has to be calculated first.</summary>
    public DurationExpr? OffsetExpr { get; init; }

    /// <summary>The time after <c>@</c>, Unix milliseconds.</summary>
    public long? TimestampMs { get; init; }

    /// <summary>The word after <c>@</c>.</summary>
    public AtModifier At { get; init; }

    /// <summary>Whether <c>anchored</c> follows.</summary>
    public bool Anchored { get; init; }

    /// <summary>Whether <c>smoothed</c> follows.</summary>
    public bool Smoothed { get; init; }

    /// <summary>Whether only count and sum of native histograms are wanted of it.</summary>
    internal bool SkipsBuckets { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Vector;

    /// <summary>This selector with another offset, already calculated, and another place in time.</summary>
    public VectorSelector With(long offsetMs, long? timestampMs, AtModifier at) =>
        Copy(Position, offsetMs, null, timestampMs, at, Anchored, Smoothed);

    /// <summary>This selector, of which only count and sum of native histograms are wanted.</summary>
    internal VectorSelector WithoutBuckets() => Copy(Position, OffsetMs, OffsetExpr, TimestampMs, At, Anchored, Smoothed, skipsBuckets: true);

    internal VectorSelector Copy(
        PositionRange position,
        long offsetMs,
        DurationExpr? offsetExpr,
        long? timestampMs,
        AtModifier at,
        bool anchored,
        bool smoothed,
        bool skipsBuckets = false) =>
        new()
        {
            Position = position,
            Name = Name,
            Matchers = Matchers,
            OffsetMs = offsetMs,
            OffsetExpr = offsetExpr,
            TimestampMs = timestampMs,
            At = at,
            Anchored = anchored,
            Smoothed = smoothed,
            SkipsBuckets = skipsBuckets,
        };

    internal override void AppendTo(StringBuilder text)
    {
        AppendLabelsTo(text);
        TimeModifiers.AppendAt(text, TimestampMs, At);
        AppendExtensionTo(text);
        TimeModifiers.AppendOffset(text, OffsetMs, OffsetExpr);
    }

    /// <summary>The name and the conditions, these in order of their text.</summary>
    internal void AppendLabelsTo(StringBuilder text)
    {
        text.Append(Name);
        var conditions = new List<string>(Matchers.Count);
        foreach (var matcher in Matchers)
        {
            // The condition that the name stands for is not repeated.
            if (Name.Length == 0 || matcher.Type != MatchType.Equal || matcher.Name != Labels.MetricName || matcher.Value != Name)
            {
                conditions.Add(matcher.ToString());
            }
        }

        if (conditions.Count > 0)
        {
            conditions.Sort(Utf8Order.Instance);
            text.Append('{').AppendJoin(',', conditions).Append('}');
        }
    }

    internal void AppendExtensionTo(StringBuilder text) => text.Append(Anchored ? " anchored" : Smoothed ? " smoothed" : "");
}
