using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>The samples of a window for each selected series: <c>foo[5m]</c>. Modifiers behind it are those of its selector.</summary>
public sealed class MatrixSelector : Expr
{
    /// <summary>Which series, and the modifiers.</summary>
    public required VectorSelector Selector { get; init; }

    /// <summary>The length of the window, milliseconds; 0 where <see cref="RangeExpr"/> says it.</summary>
    public long RangeMs { get; init; }

    /// <summary>The length of the window where it has to be calculated first.</summary>
    public DurationExpr? RangeExpr { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => ExprType.Matrix;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => [Selector];

    /// <summary>What <paramref name="map"/> makes of the selector must be a selector again.</summary>
    public override Expr MapChildren(Func<Expr, Expr> map)
    {
        var selector = (VectorSelector)map(Selector);
        return ReferenceEquals(selector, Selector)
            ? this
            : new MatrixSelector { Position = Position, Selector = selector, RangeMs = RangeMs, RangeExpr = RangeExpr };
    }

    internal override void AppendTo(StringBuilder text)
    {
        Selector.AppendLabelsTo(text);
        TimeModifiers.AppendDuration(text.Append('['), RangeMs, RangeExpr);
        text.Append(']');
        Selector.AppendExtensionTo(text);
        TimeModifiers.AppendAt(text, Selector.TimestampMs, Selector.At);
        TimeModifiers.AppendOffset(text, Selector.OffsetMs, Selector.OffsetExpr);
    }
}
