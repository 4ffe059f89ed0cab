namespace Tallygate.Model;

/// <summary>How metric and label names beyond the old pattern are written for a reader that may not know UTF-8 names.</summary>
public enum EscapingScheme
{
    /// <summary>Not at all: they are written as they are, in quotes.</summary>
    AllowUtf8,

    /// <summary>Every character that the old pattern does not allow becomes <c>_</c>.</summary>
    Underscores,

    /// <summary>A dot becomes <c>_dot_</c>, an underscore <c>__</c>, any other character that is not allowed <c>__</c>.</summary>
    Dots,

    /// <summary><c>U__</c> before it, <c>__</c> for an underscore, <c>_2e_</c> for a character that is not allowed. The only one that can be reversed.</summary>
    Values,
}
