namespace Tallygate.PromQL.Ast;

/// <summary>What a duration expression does.</summary>
public enum DurationOperator
{
    /// <summary><c>+</c>; without a left side a sign.</summary>
    Add,

    /// <summary><c>-</c>; without a left side a sign.</summary>
    Subtract,

    /// <summary><c>*</c></summary>
    Multiply,

    /// <summary><c>/</c></summary>
    Divide,

    /// <summary><c>%</c></summary>
    Modulo,

    /// <summary><c>^</c></summary>
    Power,

    /// <summary><c>step()</c>: the query's step; no sides.</summary>
    Step,

    /// <summary><c>range()</c>: the query's length; no sides.</summary>
    Range,

    /// <summary><c>min_of(a, b)</c></summary>
    MinOf,

    /// <summary><c>max_of(a, b)</c></summary>
    MaxOf,
}
