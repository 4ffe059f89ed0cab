using System.Text;

namespace Tallygate.PromQL.Ast;

/// <summary>
/// A node of a parsed query. Nodes are immutable and thread-safe, and compare by reference: a tree is changed by building
/// another one, which shares what stayed the same.
/// </summary>
public abstract class Expr
{
    /// <summary>Where the node stands in the query that was parsed.</summary>
    public required PositionRange Position { get; init; }

    /// <summary>What the node evaluates to.</summary>
    public abstract ExprType Type { get; }

    /// <summary>The nodes directly below, in the order of the text; duration expressions are not among them.</summary>
    public virtual IReadOnlyList<Expr> Children => [];

    /// <summary>This node with each child replaced by what <paramref name="map"/> makes of it; the node itself if no child changes.</summary>
    public virtual Expr MapChildren(Func<Expr, Expr> map) => this;

    /// <summary>The query in its canonical form: on one line, with one way to write each thing.</summary>
    public sealed override string ToString()
    {
        var text = new StringBuilder();
        AppendTo(text);
        return text.ToString();
    }

    internal abstract void AppendTo(StringBuilder text);
}
