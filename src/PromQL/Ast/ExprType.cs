namespace Tallygate.PromQL.Ast;

/// <summary>What an expression evaluates to.</summary>
public enum ExprType
{
    /// <summary>No value: only broken expressions have it.</summary>
    None,

    /// <summary>One number.</summary>
    Scalar,

    /// <summary>An instant vector: one sample for each series.</summary>
    Vector,

    /// <summary>A range vector: samples of a window for each series.</summary>
    Matrix,

    /// <summary>A text.</summary>
    String,
}
