using Tallygate.Model;

namespace Tallygate.Rules.Alerting.Templates.Syntax;

/// <summary>One token of a template.</summary>
/// <param name="At">Where it begins, in UTF-16 units of the source.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
internal readonly record struct TemplateToken(TemplateTokenKind Kind, string Text, int At, int Line)
{
    public bool IsMark(string text) => Kind == TemplateTokenKind.Mark && Text == text;

    public bool IsKeyword(string text) => Kind == TemplateTokenKind.Keyword && Text == text;

    /// <summary>The token as messages show it.</summary>
    public override string ToString() => Kind switch
    {
        TemplateTokenKind.End => "EOF",
        TemplateTokenKind.Error => Text,
        TemplateTokenKind.Keyword or TemplateTokenKind.Dot => $"<{Text}>",
        _ => Text.Length > 10 ? GoQuote.Quote(Text.AsSpan(0, 10)) + "..." : GoQuote.Quote(Text),
    };
}
