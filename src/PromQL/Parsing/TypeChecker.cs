using Tallygate.Model;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>Checks that each part of a query gets operands of the types that it takes. Long chains of operators do not deepen the stack.</summary>
internal sealed class TypeChecker(TokenStream tokens, IReadOnlyDictionary<BinaryExpr, VectorMatching> writtenMatching)
{
    /// <summary>So many levels may a tree have: who walks over it later uses the stack.</summary>
    public const int DeepestTree = 2000;

    private readonly HashSet<VectorSelector> _mayMatchAll = [];

    public void CheckQuery(Expr query)
    {
        Check(query);
        if (tokens.Errors.Count == 0 && DepthOf(query) > DeepestTree)
        {
            tokens.AddError(query.Position, $"expression is nested more than {DeepestTree} levels deep");
        }
    }

    private static int DepthOf(Expr root)
    {
        var deepest = 0;
        var open = new Stack<(Expr Node, int Depth)>([(root, 1)]);
        while (open.TryPop(out var next))
        {
            deepest = Math.Max(deepest, next.Depth);
            foreach (var child in next.Node.Children)
            {
                open.Push((child, next.Depth + 1));
            }
        }

        return deepest;
    }

    private ExprType Check(Expr expr)
    {
        // Down the first operands, then back up: each is checked after its first operand and checks its other ones itself.
        var chain = new List<Expr>();
        for (var next = expr; next is not null; next = FirstOperand(next))
        {
            chain.Add(next);
        }

        for (var i = chain.Count - 1; i >= 0; i--)
        {
            CheckOne(chain[i]);
        }

        return expr.Type;
    }

    private static Expr? FirstOperand(Expr expr) => expr switch
    {
        BinaryExpr binary => binary.Left,
        SubqueryExpr subquery => subquery.Inner,
        ParenExpr paren => paren.Inner,
        UnaryExpr unary => unary.Operand,
        AggregateExpr aggregate => aggregate.Inner,
        _ => null,
    };

    private void CheckOne(Expr expr)
    {
        switch (expr)
        {
            case AggregateExpr aggregate:
                Expect(aggregate.Inner, ExprType.Vector, aggregate.Inner.Type, "aggregation expression");
                if (aggregate.Parameter is { } parameter)
                {
                    var wanted = aggregate.Operator == AggregateOperator.CountValues ? ExprType.String : ExprType.Scalar;
                    Expect(parameter, wanted, Check(parameter), "aggregation parameter");
                }

                break;
            case BinaryExpr binary:
                CheckBinary(binary);
                break;
            case CallExpr call:
                CheckCall(call);
                break;
            case UnaryExpr unary when unary.Operand.Type is not (ExprType.Scalar or ExprType.Vector):
                tokens.AddError(
                    unary.Position,
                    "unary expression only allowed on expressions of type scalar or instant vector, got "
                        + GoQuote.Quote(unary.Operand.Type.DocumentedName()));
                break;
            case SubqueryExpr subquery when subquery.Inner.Type != ExprType.Vector:
                tokens.AddError(subquery.Position, $"subquery is only allowed on instant vector, got {subquery.Inner.Type.Name()} instead");
                break;
            case MatrixSelector matrix:
                CheckSelector(matrix.Selector);
                break;
            case VectorSelector selector:
                CheckSelector(selector);
                break;
        }
    }

    private void CheckBinary(BinaryExpr binary)
    {
        var left = binary.Left.Type;
        var right = Check(binary.Right);
        var op = binary.Operator;
        var place = new Lazy<PositionRange>(() => tokens.TrimSpace(binary.Left.Position.End, binary.Right.Position.Start));
        if (binary.ReturnsBool && !op.IsComparison())
        {
            tokens.AddError(place.Value, "bool modifier can only be used on comparison operators");
        }

        if (op.IsComparison() && !binary.ReturnsBool && left == ExprType.Scalar && right == ExprType.Scalar)
        {
            tokens.AddError(place.Value, "comparisons between scalars must use BOOL modifier");
        }

        var matching = binary.Matching ?? writtenMatching.GetValueOrDefault(binary, ModifierApplier.PlainMatching);
        if (matching.On)
        {
            foreach (var label in matching.Labels)
            {
                for (var i = 0; i < matching.Include.Count; i++)
                {
                    if (matching.Include[i] == label)
                    {
                        tokens.AddError(place.Value, $"label {GoQuote.Quote(label)} must not occur in ON and GROUP clause at once");
                    }
                }
            }
        }

        CheckSide(binary.Left, left);
        CheckSide(binary.Right, right);
        var fills = matching.FillLeft is not null || matching.FillRight is not null;
        if (left != ExprType.Vector || right != ExprType.Vector)
        {
            if (matching.Labels.Count > 0)
            {
                tokens.AddError(binary.Position, "vector matching only allowed between instant vectors");
            }

            if (fills)
            {
                tokens.AddError(binary.Position, "filling in missing series only allowed between instant vectors");
            }
        }
        else if (op.IsSet())
        {
            if (matching.Cardinality != MatchCardinality.ManyToMany)
            {
                tokens.AddError(binary.Position, $"no grouping allowed for {GoQuote.Quote(op.Text())} operation");
                tokens.AddError(binary.Position, "set operations must always be many-to-many");
            }

            if (fills)
            {
                tokens.AddError(binary.Position, "filling in missing series not allowed for set operators");
            }
        }

        if ((left == ExprType.Scalar || right == ExprType.Scalar) && op.IsSet())
        {
            tokens.AddError(binary.Position, $"set operator {GoQuote.Quote(op.Text())} not allowed in binary scalar expression");
        }
    }

    private void CheckSide(Expr side, ExprType type)
    {
        if (type is not (ExprType.Scalar or ExprType.Vector))
        {
            tokens.AddError(side.Position, "binary expression must contain only scalar and instant vector types");
        }
    }

    private void CheckCall(CallExpr call)
    {
        var function = call.Function;
        var name = GoQuote.Quote(function.Name);
        var types = function.ArgumentTypes.Count;
        var given = call.Arguments.Count;
        if (function.Variadic == 0)
        {
            if (given != types)
            {
                tokens.AddError(call.Position, $"expected {types} argument(s) in call to {name}, got {given}");
            }
        }
        else if (given < types - 1)
        {
            tokens.AddError(call.Position, $"expected at least {types - 1} argument(s) in call to {name}, got {given}");
        }
        else if (function.Variadic > 0 && given > types - 1 + function.Variadic)
        {
            tokens.AddError(call.Position, $"expected at most {types - 1 + function.Variadic} argument(s) in call to {name}, got {given}");
        }

        if (function.Name == "info" && given > 1)
        {
            CheckInfoLabels(call);
        }

        for (var i = 0; i < given && (i < types || function.Variadic != 0); i++)
        {
            var argument = call.Arguments[i];
            Expect(argument, function.ArgumentTypes[Math.Min(i, types - 1)], Check(argument), $"call to function {name}");
        }
    }

    /// <summary>The second argument of <c>info</c> is a list of conditions in the shape of a selector, which may match everything.</summary>
    private void CheckInfoLabels(CallExpr call)
    {
        var labels = call.Arguments[1];
        if (labels.Type != ExprType.Vector)
        {
            tokens.AddError(
                call.Position, $"expected type instant vector in call to function \"info\", got {labels.Type.DocumentedName()}");
        }

        switch (labels)
        {
            case VectorSelector { Name.Length: > 0 }:
                tokens.AddError(labels.Position, "expected label selectors only, got vector selector instead");
                break;
            case VectorSelector selector:
                _mayMatchAll.Add(selector);
                break;
            default:
                tokens.AddError(labels.Position, "expected label selectors only");
                break;
        }
    }

    private void CheckSelector(VectorSelector selector)
    {
        if (selector.Name.Length > 0)
        {
            for (var i = 0; i < selector.Matchers.Count - 1; i++)
            {
                if (selector.Matchers[i].Name == Labels.MetricName)
                {
                    tokens.AddError(
                        selector.Position,
                        $"metric name must not be set twice: {GoQuote.Quote(selector.Name)} or {GoQuote.Quote(selector.Matchers[i].Value)}");
                }
            }

            return;
        }

        if (!_mayMatchAll.Contains(selector) && selector.Matchers.All(m => m.MatchesEmpty))
        {
            tokens.AddError(selector.Position, "vector selector must contain at least one non-empty matcher");
        }
    }

    private void Expect(Expr expr, ExprType wanted, ExprType actual, string context)
    {
        if (actual != wanted)
        {
            tokens.AddError(expr.Position, $"expected type {wanted.DocumentedName()} in {context}, got {actual.DocumentedName()}");
        }
    }
}
