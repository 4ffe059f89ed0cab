using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>A call of a function.</summary>
public sealed class CallExpr : Expr
{
    /// <summary>Which function.</summary>
    public required FunctionSignature Function { get; init; }

    /// <summary>The arguments, as many as the function allows and of the types that it asks for.</summary>
    public required IReadOnlyList<Expr> Arguments { get; init; }

    /// <inheritdoc/>
    public override ExprType Type => Function.ReturnType;

    /// <inheritdoc/>
    public override IReadOnlyList<Expr> Children => Arguments;

    /// <inheritdoc/>
    public override Expr MapChildren(Func<Expr, Expr> map)
    {
        var arguments = new Expr[Arguments.Count];
        var same = true;
        for (var i = 0; i < arguments.Length; i++)
        {
            arguments[i] = map(Arguments[i]);
            same &= ReferenceEquals(arguments[i], Arguments[i]);
        }

        return same ? this : new CallExpr { Position = Position, Function = Function, Arguments = arguments };
    }

    internal override void AppendTo(StringBuilder text)
    {
        text.Append(Function.Name).Append('(');
        for (var i = 0; i < Arguments.Count; i++)
        {
            if (i > 0)
            {
                text.Append(", ");
            }

            Arguments[i].AppendTo(text);
        }

        text.Append(')');
    }
}
