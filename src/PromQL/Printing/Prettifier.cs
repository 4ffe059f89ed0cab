using System.Text;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Printing;

/// <summary>
/// Prints a query for people: what fits a line stays on it in canonical form, what does not is broken where its structure allows,
/// two blanks for each level. The text parses to the same tree.
/// </summary>
public static class Prettifier
{
    /// <summary>The length, in bytes, from which on lines are broken.</summary>
    public const int DefaultLineLength = 100;

    /// <summary>The query over as many lines as it needs.</summary>
    public static string Prettify(Expr expr, int lineLength = DefaultLineLength)
    {
        var text = new StringBuilder();
        Append(text, expr, 0, lineLength);
        return text.ToString();
    }

    private static void Append(StringBuilder text, Expr expr, int level, int lineLength)
    {
        switch (expr)
        {
            case StepInvariantExpr invariant:
                Append(text, invariant.Inner, level, lineLength);
                return;
            case UnaryExpr unary:
                // The operand's own indentation goes before the sign.
                Indent(text, level).Append(unary.IsNegation ? '-' : '+');
                var operand = new StringBuilder();
                Append(operand, unary.Operand, level, lineLength);
                text.Append(operand.ToString().Trim());
                return;
        }

        var line = expr.ToString();
        if (Encoding.UTF8.GetByteCount(line) <= lineLength || !CanBreak(expr))
        {
            if (expr is not SubqueryExpr)
            {
                Indent(text, level);
            }

            text.Append(line);
            return;
        }

        switch (expr)
        {
            case BinaryExpr binary:
                Append(text, binary.Left, level + 1, lineLength);
                Indent(text.Append('\n'), level);
                binary.AppendOperatorTo(text);
                Append(text.Append('\n'), binary.Right, level + 1, lineLength);
                break;
            case SubqueryExpr subquery:
                Append(text, subquery.Inner, level, lineLength);
                subquery.AppendSuffixTo(text);
                break;
            case AggregateExpr aggregate:
                aggregate.AppendHeadTo(Indent(text, level));
                AppendInParens(text, aggregate.Children, level, lineLength);
                break;
            case CallExpr call:
                Indent(text, level).Append(call.Function.Name);
                AppendInParens(text, call.Arguments, level, lineLength);
                break;
            default:
                AppendInParens(Indent(text, level), expr.Children, level, lineLength);
                break;
        }
    }

    private static bool CanBreak(Expr expr) => expr is BinaryExpr or SubqueryExpr or AggregateExpr or CallExpr or ParenExpr;

    private static void AppendInParens(StringBuilder text, IReadOnlyList<Expr> inner, int level, int lineLength)
    {
        text.Append('(');
        for (var i = 0; i < inner.Count; i++)
        {
            Append(text.Append(i == 0 ? "\n" : ",\n"), inner[i], level + 1, lineLength);
        }

        Indent(text.Append('\n'), level).Append(')');
    }

    private static StringBuilder Indent(StringBuilder text, int level) => text.Append(' ', 2 * level);
}
