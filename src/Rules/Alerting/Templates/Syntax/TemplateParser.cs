using System.Runtime.CompilerServices;
using Tallygate.Model;
using Tallygate.Rules.Alerting.Templates.Execution;

namespace Tallygate.Rules.Alerting.Templates.Syntax;

/// <summary>Parses the language of Go's text/template: text, actions, and the blocks that they make.</summary>
internal sealed class TemplateParser
{
    private readonly string _name;
    private readonly TemplateTokens _tokens;
    private readonly PipelineParser _pipelines;
    private readonly Dictionary<string, IReadOnlyList<Statement>> _definitions = [];
    private int _loops;

    private TemplateParser(string name, string source)
    {
        _name = name;
        _tokens = new TemplateTokens(name, source);
        _pipelines = new PipelineParser(_tokens);
    }

    /// <summary>Parses a template.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="TemplateException">It is wrong; the message says on which line and why.</exception>
    public static ParsedTemplate Parse(string name, string source)
    {
        var parser = new TemplateParser(name, source);
        var body = parser.Top();
        return new ParsedTemplate(name, source, body, parser._definitions);
    }

    private List<Statement> Top()
    {
        var body = new List<Statement>();
        while (_tokens.Peek().Kind != TemplateTokenKind.End)
        {
            if (_tokens.Peek().Kind == TemplateTokenKind.Open && _tokens.PeekSecondAfterBlank().IsKeyword("define"))
            {
                _tokens.Next();
                _tokens.NextAfterBlank();
                Definition();
                continue;
            }

            if (Item(body, out _) is { } end)
            {
                throw _tokens.Error($"unexpected {{{{{end}}}}}");
            }
        }

        Add(_name, body);
        return body;
    }

    private void Definition()
    {
        const string Context = "define clause";
        var name = TemplateName(Context);
        _tokens.Expect(TemplateTokenKind.Close, Context);
        Add(name, Apart(Context));
    }

    // A definition and a block see no variables of what is around them, and no loop.
    private List<Statement> Apart(string context)
    {
        var (variables, loops) = (_pipelines.Variables, _loops);
        (_pipelines.Variables, _loops) = (["$"], 0);
        var body = Items(out var end, out _);
        if (end != "end")
        {
            throw _tokens.Error($"unexpected {{{{{end}}}}} in {context}");
        }

        (_pipelines.Variables, _loops) = (variables, loops);
        return body;
    }

    // Of two definitions of a name one must be empty, and the other holds.
    private void Add(string name, List<Statement> body)
    {
        if (!_definitions.TryGetValue(name, out var before) || IsEmpty(before))
        {
            _definitions[name] = body;
        }
        else if (!IsEmpty(body))
        {
            throw _tokens.Error($"template: multiple definition of template {GoQuote.Quote(name)}");
        }
    }

    private static bool IsEmpty(IReadOnlyList<Statement> body) =>
        body.All(static s => s is TextStatement text && string.IsNullOrWhiteSpace(text.Text));

    // Ends after an end or an else, which it gives; the keyword that follows the else stays.
    private List<Statement> Items(out string end, out string follower)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw _tokens.Error("max expression depth exceeded");
        }

        var body = new List<Statement>();
        while (_tokens.PeekAfterBlank().Kind != TemplateTokenKind.End)
        {
            if (Item(body, out follower) is { } word)
            {
                end = word;
                return body;
            }
        }

        throw _tokens.Error("unexpected EOF");
    }

    private string? Item(List<Statement> body, out string follower)
    {
        follower = "";
        var token = _tokens.NextAfterBlank();
        if (token.Kind == TemplateTokenKind.Text)
        {
            body.Add(new TextStatement(token.At, token.Text));
            return null;
        }

        if (token.Kind != TemplateTokenKind.Open)
        {
            throw _tokens.Unexpected(token, "input");
        }

        _tokens.ActionLine = token.Line;
        var end = Action(body, out follower);
        _tokens.ActionLine = 0;
        return end;
    }

    private string? Action(List<Statement> body, out string follower)
    {
        follower = "";
        var first = _tokens.PeekAfterBlank();
        var word = first.Kind == TemplateTokenKind.Keyword ? first.Text : "";
        switch (word)
        {
            case "end" or "else":
                _tokens.NextAfterBlank();
                follower = word == "else" && _tokens.PeekAfterBlank() is { Kind: TemplateTokenKind.Keyword, Text: "if" or "with" } next
                    ? next.Text
                    : "";
                if (follower.Length == 0)
                {
                    _tokens.Expect(TemplateTokenKind.Close, word);
                }

                return word;
            case "if" or "with" or "range":
                _tokens.NextAfterBlank();
                body.Add(Control(word));
                return null;
            case "template" or "block":
                _tokens.NextAfterBlank();
                body.Add(Include(word + " clause"));
                return null;
            case "break" or "continue":
                _tokens.NextAfterBlank();
                _tokens.Expect(TemplateTokenKind.Close, "{{" + word + "}}");
                body.Add(_loops > 0
                    ? new LoopExitStatement(first.At, word == "break" ? LoopSignal.Break : LoopSignal.Continue)
                    : throw _tokens.Error($"{{{{{word}}}}} outside {{{{range}}}}"));
                return null;
            default:
                body.Add(new ActionStatement(first.At, _pipelines.Parse("command")));
                return null;
        }
    }

    private Statement Control(string word)
    {
        var variables = _pipelines.Variables.Count;
        var pipeline = _pipelines.Parse(word);
        var isRange = word == "range";
        _loops += isRange ? 1 : 0;
        var body = Items(out var end, out var follower);
        _loops -= isRange ? 1 : 0;
        List<Statement> otherwise = [];
        if (follower.Length > 0 && follower == word)
        {
            // "else if" needs no end of its own.
            _tokens.NextAfterBlank();
            otherwise.Add(Control(word));
        }
        else if (follower.Length > 0)
        {
            throw _tokens.Unexpected(_tokens.NextAfterBlank(), "else");
        }
        else if (end == "else")
        {
            otherwise = Items(out end, out _);
            if (end != "end")
            {
                throw _tokens.Error($"expected end; found {{{{{end}}}}}");
            }
        }

        _pipelines.Variables.RemoveRange(variables, _pipelines.Variables.Count - variables);
        return isRange
            ? new RangeStatement(pipeline.At, pipeline, body, otherwise)
            : new BranchStatement(pipeline.At, pipeline, word == "with", body, otherwise);
    }

    private IncludeStatement Include(string context)
    {
        var at = _tokens.PeekAfterBlank().At;
        var name = TemplateName(context);
        if (context == "block clause")
        {
            var dot = _pipelines.Parse(context);
            Add(name, Apart(context));
            return new IncludeStatement(at, name, dot);
        }

        if (_tokens.PeekAfterBlank().Kind != TemplateTokenKind.Close)
        {
            return new IncludeStatement(at, name, _pipelines.Parse(context));
        }

        _tokens.NextAfterBlank();
        return new IncludeStatement(at, name, null);
    }

    private string TemplateName(string context)
    {
        var token = _tokens.NextAfterBlank();
        return token.Kind == TemplateTokenKind.String ? _pipelines.Unquoted(token) : throw _tokens.Unexpected(token, context);
    }
}
