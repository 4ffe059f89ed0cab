using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>An instant vector evaluated at every step of a window: <c>foo[5m:1m]</c>.</summary>
public sealed class SubqueryExpr : Expr
{
    /// <summary>What is evaluated.</summary>
    public required Expr Inner { get; init; }

    /// <summary>The length of the window, milliseconds; 0 where <see cref="RangeExpr"/> says it.</summary>
    public long RangeMs { get; init; }

    /// <summary>The length of the window where it has to be calculated first.</summary>
    public DurationExpr? RangeExpr { get; init; }

    /// <summary>The step, milliseconds; 0 for the default step or where <see cref="StepExpr"/> says it.</summary>
    public long StepMs { get; init; }

    /// <summary>The step where it has to be calculated first.</summary>
    public DurationExpr? StepExpr { get; init; }

    /// <summary>The offset as written, milliseconds; 0 where there is none or where <see cref="OffsetExpr"/> says it.</summary>
    public long OffsetMs { get; init; }

    /// <summary>The offset where it has to be calculated first.</summary>
    public DurationExpr? OffsetExpr { get; init; }

    /// <summary>The time after <c>@</c>, Unix milliseconds.</summary>
    public long? TimestampMs { get; init; }

    /// <summary>The word after <c>@</c>.</summary>
    public AtModifier At { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Matrix;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Inner];

    /// <inheritdoc/>
    public override Expr MapChildren(Func<Expr, Expr> map)
    {
        var inner = map(Inner);
        return ReferenceEquals(inner, Inner)
            ? this
            : new SubqueryExpr
            {
                Position = Position,
                Inner = inner,
                RangeMs = RangeMs,
                RangeExpr = RangeExpr,
                StepMs = StepMs,
                StepExpr = StepExpr,
                OffsetMs = OffsetMs,
                OffsetExpr = OffsetExpr,
                TimestampMs = TimestampMs,
                At = At,
            };
    }

    /// <summary>This subquery with another offset, already calculated, and another place in time.</summary>
    public SubqueryExpr With(long offsetMs, long? timestampMs, AtModifier at) => Copy(Position, offsetMs, null, timestampMs, at);

    internal SubqueryExpr Copy(PositionRange position, long offsetMs, DurationExpr? offsetExpr, long? timestampMs, AtModifier at) => new()
    {
        Position = position,
        Inner = Inner,
        RangeMs = RangeMs,
        RangeExpr = RangeExpr,
        StepMs = StepMs,
        StepExpr = StepExpr,
        OffsetMs = offsetMs,
        OffsetExpr = offsetExpr,
        TimestampMs = timestampMs,
        At = at,
    };

    internal override void AppendTo(StringBuilder text)
    {
        Inner.AppendTo(text);
        AppendSuffixTo(text);
    }

    /// <summary>What stands behind the inner expression.</summary>
    internal void AppendSuffixTo(StringBuilder text)
    {
        TimeModifiers.AppendDuration(text.Append('['), RangeMs, RangeExpr);
        text.Append(':');
        if (StepMs != 0 || StepExpr is not null)
        {
            TimeModifiers.AppendDuration(text, StepMs, StepMs != 0 ? null : StepExpr);
        }

        text.Append(']');
        TimeModifiers.AppendAt(text, TimestampMs, At);
        TimeModifiers.AppendOffset(text, OffsetMs, OffsetExpr);
    }
}
