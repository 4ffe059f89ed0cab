using Tallygate.Rules.Alerting.Templates.Execution;

namespace Tallygate.Rules.Alerting.Templates.Syntax;

/// <summary>The tokens of a template as its parsers take them, and what they complain with.</summary>
internal sealed class TemplateTokens(string name, string source)
{
    private readonly List<TemplateToken> _tokens = TemplateLexer.Tokens(source);
    private int _at;
    private int _seen;

    /// <summary>The line on which the action at hand began.</summary>
    public int ActionLine { get; set; }

    /// <summary>The next token, which stays.</summary>
    public TemplateToken Peek()
    {
        _seen = Math.Max(_seen, _at);
        return _tokens[_at];
    }

    /// <summary>The next token that is no blank; it stays, blanks before it stay too.</summary>
    public TemplateToken PeekAfterBlank()
    {
        var at = _at;
        while (_tokens[at].Kind == TemplateTokenKind.Blank)
        {
            at++;
        }

        _seen = Math.Max(_seen, at);
        return _tokens[at];
    }

    /// <summary>The token after the next that is no blank, blanks left out; both stay.</summary>
    public TemplateToken PeekSecondAfterBlank()
    {
        var at = _at;
        for (var found = false; at < _tokens.Count - 1 && !(found && _tokens[at].Kind != TemplateTokenKind.Blank); at++)
        {
            found |= _tokens[at].Kind != TemplateTokenKind.Blank;
        }

        return _tokens[at];
    }

    /// <summary>Takes the next token. The last one, the end or an error, is never used up.</summary>
    public TemplateToken Next()
    {
        var token = Peek();
        _at = Math.Min(_at + 1, _tokens.Count - 1);
        return token;
    }

    /// <summary>Takes the next token that is no blank.</summary>
    public TemplateToken NextAfterBlank()
    {
        var token = Next();
        while (token.Kind == TemplateTokenKind.Blank)
        {
            token = Next();
        }

        return token;
    }

    /// <summary>Takes the next token, which must be of a kind.</summary>
    public TemplateToken Expect(TemplateTokenKind kind, string context)
    {
        var token = NextAfterBlank();
        return token.Kind == kind ? token : throw Unexpected(token, context);
    }

    /// <summary>What is thrown at the line of the token last looked at.</summary>
    public TemplateException Error(string message) => new($"template: {name}:{_tokens[_seen].Line}: {message}");

    /// <summary>What is thrown for a token that cannot stand where it does.</summary>
    public TemplateException Unexpected(TemplateToken token, string context)
    {
        if (token.Kind != TemplateTokenKind.Error)
        {
            return Error($"unexpected {token} in {context}");
        }

        if (ActionLine == 0 || ActionLine == token.Line)
        {
            return Error(token.Text);
        }

        var word = token.Text.EndsWith(" action", StringComparison.Ordinal) ? "" : " in action";
        return Error($"{token.Text}{word} started at {name}:{ActionLine}");
    }
}
