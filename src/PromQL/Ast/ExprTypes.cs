namespace Tallygate.PromQL.Ast;

/// <summary>The two ways in which expression types are named.</summary>
public static class ExprTypes
{
    /// <summary>As in <c>resultType</c> of the HTTP API: <c>vector</c>.</summary>
    public static string Name(this ExprType type) => type switch
    {
        ExprType.Scalar => "scalar",
        ExprType.Vector => "vector",
        ExprType.Matrix => "matrix",
        ExprType.String => "string",
        _ => "none",
    };

    /// <summary>As in documentation and error messages: <c>instant vector</c>.</summary>
    public static string DocumentedName(this ExprType type) => type switch
    {
        ExprType.Vector => "instant vector",
        ExprType.Matrix => "range vector",
        _ => type.Name(),
    };
}
