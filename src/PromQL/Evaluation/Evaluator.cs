using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Evaluates the nodes of a prepared expression, each over a whole grid of steps at once. It only dispatches: each kind of node has its own
/// evaluator. Not thread-safe.
/// </summary>
internal sealed class Evaluator
{
    private readonly CallEvaluator _calls;
    private readonly BinaryEvaluator _binaries;
    private readonly AggregateEvaluator _aggregates;

    public Evaluator(QueryRun run)
    {
        Run = run;
        Selectors = new SelectorEvaluator(run);
        _calls = new CallEvaluator(this);
        _binaries = new BinaryEvaluator(this);
        _aggregates = new AggregateEvaluator(this);
    }

    public QueryRun Run { get; }

    public SelectorEvaluator Selectors { get; }

    /// <summary>Whether the rows of an expression can be made one after the other.</summary>
    public static bool CanStream(Expr expr) => expr switch
    {
        VectorSelector selector => !selector.Smoothed,
        CallExpr call => CallEvaluator.CanStream(call),
        _ => false,
    };

    /// <summary>The rows of a whole query: what is to lose its name has lost it.</summary>
    public List<Row> EvaluateRoot(Expr expr, in Grid grid) => Clean(Evaluate(expr, grid));

    /// <summary>The samples of a range selector or subquery that is a whole query.</summary>
    public Matrix EvaluateMatrix(Expr expr, long time)
    {
        if (VectorCall.Unwrap(expr) is SubqueryExpr subquery)
        {
            var rows = SubqueryEvaluator.Evaluate(this, subquery, Grid.Instant(time), out var inner);
            return MatrixResult.Of(Clean(rows), inner, Run.Limiter.Work);
        }

        return MatrixResult.Of(this, (MatrixSelector)VectorCall.Unwrap(expr), time);
    }

    /// <summary>The rows of a vector, or the one row of a scalar. The caller owns them.</summary>
    /// <param name="function">The function or aggregation around the expression, as a hint to the store.</param>
    public List<Row> Evaluate(Expr expr, in Grid grid, string function = "")
    {
        Run.Limiter.Check();
        if (grid.Count == 0)
        {
            return [];
        }

        var (held, room) = (Run.Limiter.Held, Run.Limiter.Room);
        var rows = Dispatch(expr, grid, function);
        Run.Limiter.ReturnTo(held);
        Run.Limiter.ReturnRoomTo(room);
        foreach (var row in rows)
        {
            Run.Limiter.MakeRoom(row.Steps);
            Run.Limiter.Hold(row.CountSamples());
        }

        return rows;
    }

    /// <summary>Makes the rows of an expression one after the other.</summary>
    public void Stream(Expr expr, in Grid grid, string function, RowSink sink)
    {
        Run.Limiter.Check();
        if (grid.Count == 0)
        {
            return;
        }

        if (expr is VectorSelector selector)
        {
            Selectors.Stream(selector, grid, function, sink);
        }
        else
        {
            _calls.Stream((CallExpr)expr, grid, sink);
        }
    }

    private List<Row> Dispatch(Expr expr, in Grid grid, string function)
    {
        switch (expr)
        {
            case NumberLiteral number:
                var row = Row.Blank(Labels.Empty, grid.Count);
                Array.Fill(row.Values, number.Value);
                return [row];
            case ParenExpr paren:
                return Evaluate(paren.Inner, grid, function);
            case StepInvariantExpr invariant:
                return Repeat(Evaluate(invariant.Inner, Grid.Instant(grid.Start), function), grid.Count);
            case VectorSelector selector:
                return Selectors.Evaluate(selector, grid, function);
            case CallExpr call:
                return _calls.Evaluate(call, grid);
            case AggregateExpr aggregate:
                return _aggregates.Evaluate(aggregate, grid);
            case BinaryExpr binary:
                return _binaries.Evaluate(binary, grid);
            case UnaryExpr unary:
                return Negate(unary, grid, function);
            default:
                throw QueryException.Execution($"unexpected {expr.Type.DocumentedName()} in the expression");
        }
    }

    private List<Row> Clean(List<Row> rows)
    {
        if (!Run.DelayedNameRemoval)
        {
            return rows;
        }

        foreach (var row in rows)
        {
            if (row.DropsName)
            {
                row.Labels = RowSet.WithoutMetadata(row.Labels);
            }
        }

        return RowSet.Merge(rows, Run.Limiter.Work);
    }

    private List<Row> Negate(UnaryExpr unary, in Grid grid, string function)
    {
        var rows = Evaluate(unary.Operand, grid, function);
        if (!unary.IsNegation)
        {
            return rows;
        }

        foreach (var row in rows)
        {
            Run.Limiter.Work(row.Steps);
            var values = row.Values;
            for (var step = 0; step < values.Length; step++)
            {
                // The sign must not touch the stale marker, which stands for no value.
                if (!StaleMarker.Is(values[step]))
                {
                    values[step] = -values[step];
                }
                else if (row.HistogramAt(step) is { } histogram)
                {
                    row.SetHistogram(step, HistogramOperations.Negate(histogram));
                }
            }

            RowSet.DropName(row, Run.DelayedNameRemoval);
        }

        return Run.DelayedNameRemoval ? rows : RowSet.Merge(rows, Run.Limiter.Work);
    }

    /// <summary>Rows of one step as rows that are the same at every step.</summary>
    private List<Row> Repeat(List<Row> rows, int steps)
    {
        if (steps == 1)
        {
            return rows;
        }

        var repeated = new List<Row>(rows.Count);
        foreach (var row in rows)
        {
            Run.Limiter.MakeRoom(steps);
            Run.Limiter.Foresee(((repeated.Count + 1L) * steps) - rows.Count);
            Run.Limiter.Work(steps);
            var wide = Row.Blank(row.Labels, steps);
            wide.DropsName = row.DropsName;
            for (var step = 0; step < steps; step++)
            {
                if (row.HistogramAt(0) is { } histogram)
                {
                    wide.SetHistogram(step, histogram);
                }
                else
                {
                    wide.Values[step] = row.Values[0];
                }
            }

            repeated.Add(wide);
        }

        return repeated;
    }
}
