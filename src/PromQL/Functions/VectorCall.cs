using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>A call of a function over vectors and scalars, its arguments evaluated on the grid.</summary>
internal sealed class VectorCall
{
    public required CallExpr Call { get; init; }

    /// <summary>The arguments; null in the place of a text.</summary>
    public required IReadOnlyList<List<Row>?> Arguments { get; init; }

    public required Grid Grid { get; init; }

    public required Annotations Annotations { get; init; }

    /// <summary>Whether names go at the end of the evaluation only.</summary>
    public required bool DelayedNameRemoval { get; init; }

    /// <summary>Called for work done on samples, so that the query can be ended in between.</summary>
    public required Action<int> Work { get; init; }

    public int Steps => Grid.Count;

    /// <summary>The rows of a vector argument; they may be changed.</summary>
    public List<Row> Vector(int argument) => Arguments[argument]!;

    /// <summary>The column of a scalar argument.</summary>
    public double[] Scalar(int argument) => Arguments[argument]![0].Values;

    /// <summary>A text argument.</summary>
    public string Text(int argument) => ((StringLiteral)Unwrap(Call.Arguments[argument])).Value;

    public PositionRange PositionOf(int argument) => Call.Arguments[argument].Position;

    /// <summary>Takes the name off the row as the settings have it.</summary>
    public void DropName(Row row) => RowSet.DropName(row, DelayedNameRemoval);

    /// <summary>What stands in the parentheses, if there are any.</summary>
    public static Expr Unwrap(Expr expr)
    {
        while (true)
        {
            switch (expr)
            {
                case ParenExpr paren:
                    expr = paren.Inner;
                    break;
                case StepInvariantExpr invariant:
                    expr = invariant.Inner;
                    break;
                default:
                    return expr;
            }
        }
    }
}
