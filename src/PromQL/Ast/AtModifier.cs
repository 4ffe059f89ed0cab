namespace Tallygate.PromQL.Ast;

/// <summary>The words that may stand after <c>@</c> in place of a time.</summary>
public enum AtModifier
{
    /// <summary>Neither: there is a time, or no <c>@</c>.</summary>
    None,

    /// <summary><c>@ start()</c></summary>
    Start,

    /// <summary><c>@ end()</c></summary>
    End,
}
