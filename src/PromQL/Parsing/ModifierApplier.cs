using System.Globalization;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>Puts ranges, offsets, times and aggregations on what they follow, and reports where they do not fit.</summary>
internal sealed class ModifierApplier(TokenStream tokens, ParserOptions options)
{
    /// <summary>What stands for a binary operator without modifiers.</summary>
    public static readonly VectorMatching PlainMatching = new();

    public Expr Range(Expr expr, Expr range, PositionRange brackets)
    {
        var selector = expr as VectorSelector;
        var problem = selector is null ? "ranges only allowed for vector selectors"
            : selector.OffsetMs != 0 || selector.OffsetExpr is not null ? "no offset modifiers allowed before range"
            : selector.TimestampMs is not null || selector.At != AtModifier.None ? "no @ modifiers allowed before range"
            : null;
        if (problem is not null)
        {
            tokens.AddError(brackets, problem);
        }

        var position = new PositionRange(expr.Position.Start, brackets.End);
        return selector is null
            ? new MisplacedRange { Position = position }
            : new MatrixSelector { Position = position, Selector = selector, RangeMs = Milliseconds(range), RangeExpr = range as DurationExpr };
    }

    public static SubqueryExpr Subquery(Expr expr, Expr range, Expr? step, int end) => new()
    {
        Position = new(expr.Position.Start, end),
        Inner = expr,
        RangeMs = Milliseconds(range),
        RangeExpr = range as DurationExpr,
        StepMs = step is null ? 0 : Milliseconds(step),
        StepExpr = step as DurationExpr,
    };

    public Expr Offset(Expr expr, Expr offset, int end)
    {
        switch (expr)
        {
            case VectorSelector selector:
                return WithOffset(selector, selector.Position, offset, end);
            case MatrixSelector matrix:
                var inner = WithOffset(matrix.Selector, matrix.Position, offset, matrix.Selector.Position.End);
                return Around(matrix, inner, end);
            case SubqueryExpr subquery:
                if (subquery.OffsetMs != 0 || subquery.OffsetExpr is not null)
                {
                    tokens.AddError(expr.Position, "offset may not be set multiple times");
                }

                return subquery.Copy(
                    expr.Position with { End = end }, Milliseconds(offset), offset as DurationExpr, subquery.TimestampMs, subquery.At);
            default:
                tokens.AddError(
                    expr.Position,
                    expr is MisplacedRange
                        ? "ranges only allowed for vector selectors"
                        : "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery");
                return expr;
        }
    }

    /// <summary>Applies <c>@</c>: seconds since the epoch, or a word.</summary>
    public Expr At(Expr expr, double? seconds, AtModifier word, int end)
    {
        long? timestamp = null;
        if (seconds is { } at)
        {
            if (!(at > long.MinValue && at < long.MaxValue))
            {
                tokens.AddError(expr.Position, "timestamp out of bounds for @ modifier: " + Fixed(at));
            }

            timestamp = (long)Math.Round(at * 1000, MidpointRounding.AwayFromZero);
        }

        switch (expr)
        {
            case VectorSelector selector:
                CheckAtFirst(expr, selector.TimestampMs, selector.At);
                return Timed(selector, expr.Position with { End = end });
            case MatrixSelector matrix:
                CheckAtFirst(expr, matrix.Selector.TimestampMs, matrix.Selector.At);
                return Around(matrix, Timed(matrix.Selector, matrix.Selector.Position), end);
            case SubqueryExpr subquery:
                CheckAtFirst(expr, subquery.TimestampMs, subquery.At);
                return subquery.Copy(expr.Position with { End = end }, subquery.OffsetMs, subquery.OffsetExpr, timestamp, word);
            default:
                tokens.AddError(
                    expr.Position,
                    expr is MisplacedRange
                        ? "ranges only allowed for vector selectors"
                        : "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery");
                return expr;
        }

        VectorSelector Timed(VectorSelector s, PositionRange position) =>
            s.Copy(position, s.OffsetMs, s.OffsetExpr, timestamp, word, s.Anchored, s.Smoothed);
    }

    /// <summary>Applies <c>anchored</c> or <c>smoothed</c>.</summary>
    public Expr Extend(Expr expr, bool anchored)
    {
        var word = anchored ? "anchored" : "smoothed";
        if (!options.ExtendedRangeSelectors)
        {
            tokens.AddError(expr.Position, word + " modifier is experimental and not enabled");
            return expr;
        }

        switch (expr)
        {
            case VectorSelector selector:
                return Extended(selector);
            case MatrixSelector matrix:
                return Around(matrix, Extended(matrix.Selector), matrix.Position.End);
            case SubqueryExpr:
                tokens.AddError(expr.Position, word + " modifier is not supported for subqueries");
                return expr;
            case MisplacedRange:
                return expr;
            default:
                tokens.AddError(expr.Position, word + " modifier not implemented");
                return expr;
        }

        VectorSelector Extended(VectorSelector s)
        {
            if (anchored ? s.Smoothed : s.Anchored)
            {
                tokens.AddError(expr.Position, "anchored and smoothed modifiers cannot be used together");
            }

            return s.Copy(s.Position, s.OffsetMs, s.OffsetExpr, s.TimestampMs, s.At, s.Anchored || anchored, s.Smoothed || !anchored);
        }
    }

    public AggregateExpr Aggregate(
        in Token name, PositionRange position, List<Expr> arguments, IReadOnlyList<string> grouping, bool without)
    {
        var op = name.Kind.Aggregation();
        var expected = op.HasParameter() ? 2 : 1;
        var problem =
            arguments.Count == 0 ? "no arguments for aggregate expression provided"
            : op.IsExperimental() && !options.ExperimentalFunctions
                ? op.Text() + "() is experimental and must be enabled with --enable-feature=promql-experimental-functions"
            : arguments.Count != expected
                ? $"wrong number of arguments for aggregate expression provided, expected {expected}, got {arguments.Count}"
            : null;
        if (problem is not null)
        {
            tokens.AddError(position, problem);
        }

        return new AggregateExpr
        {
            Position = position,
            Operator = op,
            Inner = arguments.Count > 0 ? arguments[^1] : new MisplacedRange { Position = position },
            Parameter = expected == 2 && arguments.Count > 1 ? arguments[0] : null,
            Grouping = grouping,
            Without = without,
        };
    }

    private static MatrixSelector Around(MatrixSelector matrix, VectorSelector selector, int end) => new()
    {
        Position = matrix.Position with { End = end },
        Selector = selector,
        RangeMs = matrix.RangeMs,
        RangeExpr = matrix.RangeExpr,
    };

    private VectorSelector WithOffset(VectorSelector s, PositionRange whole, Expr offset, int end)
    {
        if (s.OffsetMs != 0 || s.OffsetExpr is not null)
        {
            tokens.AddError(whole, "offset may not be set multiple times");
        }

        return s.Copy(
            s.Position with { End = end }, Milliseconds(offset), offset as DurationExpr, s.TimestampMs, s.At, s.Anchored, s.Smoothed);
    }

    private void CheckAtFirst(Expr expr, long? timestamp, AtModifier word)
    {
        if (timestamp is not null || word != AtModifier.None)
        {
            tokens.AddError(expr.Position, "@ <timestamp> may not be set multiple times");
        }
    }

    /// <summary>Literals count in nanoseconds first, as upstream's do; what is below a millisecond is cut off.</summary>
    private static long Milliseconds(Expr duration) => duration is NumberLiteral number
        ? (long)Math.Round(number.Value * 1e9, MidpointRounding.AwayFromZero) / 1_000_000
        : 0;

    private static string Fixed(double value) =>
        double.IsFinite(value) ? value.ToString("F6", CultureInfo.InvariantCulture) : double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
}
