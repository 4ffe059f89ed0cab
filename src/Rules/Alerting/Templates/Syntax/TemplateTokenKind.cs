namespace Tallygate.Rules.Alerting.Templates.Syntax;

/// <summary>The kinds of tokens of a template.</summary>
internal enum TemplateTokenKind
{
    /// <summary>What cannot be a token; its text says why. It is the last one.</summary>
    Error,

    /// <summary>The end of the template.</summary>
    End,

    /// <summary>Text outside of actions.</summary>
    Text,

    /// <summary>The opening braces of an action.</summary>
    Open,

    /// <summary>The closing braces of an action.</summary>
    Close,

    /// <summary>Blanks within an action: they tell <c>.a.b</c> from <c>.a .b</c>.</summary>
    Blank,

    /// <summary>A word with a meaning of its own: <c>if</c>, <c>range</c>, <c>nil</c>.</summary>
    Keyword,

    /// <summary>The name of a function.</summary>
    Name,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Bool,

    /// <summary>A dot with a name after it.</summary>
    Field,

    /// <summary>A dot alone.</summary>
    Dot,

    /// <summary>A dollar sign, with or without a name after it.</summary>
    Variable,

    /// <summary>A string with its quotes.</summary>
    String,

    /// <summary>A number, or a character in single quotes.</summary>
    Number,

    /// <summary>A character that separates: <c>|</c>, <c>(</c>, <c>)</c>, <c>=</c>, <c>:=</c>, and whatever else has no meaning.</summary>
    Mark,
}
