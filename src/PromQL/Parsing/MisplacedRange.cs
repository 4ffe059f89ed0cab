using System.Text;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>Stands where a range was put on something that has none; an error has been reported, so nobody else ever sees it.</summary>
internal sealed class MisplacedRange : Expr
{
    public override ExprType Type => ExprType.Matrix;

    internal override void AppendTo(StringBuilder text) => text.Append("[]");
}
