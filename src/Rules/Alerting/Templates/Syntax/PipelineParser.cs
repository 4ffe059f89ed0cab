using System.Runtime.CompilerServices;
using Tallygate.Model;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Functions;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Syntax;

/// <summary>Parses what stands within an action: pipelines of commands, their operands, and which variables they make.</summary>
internal sealed class PipelineParser(TemplateTokens tokens)
{
    /// <summary>The variables that are visible here; a definition begins with <c>$</c> alone.</summary>
    public List<string> Variables { get; set; } = ["$"];

    /// <summary>A pipeline, with what ends it.</summary>
    /// <param name="context">What it is part of, for messages.</param>
    public Pipeline Parse(string context, bool inParentheses = false)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw tokens.Error("max expression depth exceeded");
        }

        var at = tokens.PeekAfterBlank().At;
        var variables = Declarations(context, out var assigns);
        var commands = new List<Command>();
        while (true)
        {
            var token = tokens.PeekAfterBlank();
            if (inParentheses ? token.IsMark(")") : token.Kind == TemplateTokenKind.Close)
            {
                tokens.NextAfterBlank();
                return new Pipeline(at, variables, assigns, Checked(commands, context));
            }

            if (!IsOperand(token))
            {
                throw tokens.Unexpected(tokens.NextAfterBlank(), context);
            }

            commands.Add(ParseCommand());
        }
    }

    private List<string> Declarations(string context, out bool assigns)
    {
        var variables = new List<string>();
        assigns = false;
        while (tokens.PeekAfterBlank() is { Kind: TemplateTokenKind.Variable } variable)
        {
            if (!FollowedByDeclaration(out var mark))
            {
                break;
            }

            tokens.NextAfterBlank();
            tokens.NextAfterBlank();
            variables.Add(variable.Text);
            Variables.Add(variable.Text);
            if (mark != ",")
            {
                assigns = mark == "=";
                break;
            }

            if (context != "range" || variables.Count == 2)
            {
                throw tokens.Error($"too many declarations in {context}");
            }

            if (tokens.PeekAfterBlank() is not ({ Kind: TemplateTokenKind.Variable or TemplateTokenKind.Close } or { Text: ")" }))
            {
                throw tokens.Error("range can only initialize variables");
            }
        }

        return variables;
    }

    private bool FollowedByDeclaration(out string mark)
    {
        var next = tokens.PeekSecondAfterBlank();
        mark = next.Text;
        return next.Kind == TemplateTokenKind.Mark && mark is ":=" or "=" or ",";
    }

    private List<Command> Checked(List<Command> commands, string context)
    {
        if (commands.Count == 0)
        {
            throw tokens.Error($"missing value for {context}");
        }

        for (var i = 1; i < commands.Count; i++)
        {
            if (commands[i].Operands[0] is ConstantOperand or DotOperand or NilOperand)
            {
                throw tokens.Error($"non executable command in pipeline stage {i + 1}");
            }
        }

        return commands;
    }

    private Command ParseCommand()
    {
        var at = tokens.PeekAfterBlank().At;
        var operands = new List<Operand>();
        while (true)
        {
            if (IsOperand(tokens.PeekAfterBlank()))
            {
                operands.Add(ParseOperand());
            }

            var token = tokens.Peek();
            if (token.Kind == TemplateTokenKind.Blank)
            {
                tokens.Next();
                continue;
            }

            if (token.IsMark("|"))
            {
                tokens.Next();
            }
            else if (token.Kind != TemplateTokenKind.Close && !token.IsMark(")"))
            {
                throw tokens.Unexpected(tokens.Next(), "operand");
            }

            return new Command(at, operands);
        }
    }

    private Operand ParseOperand()
    {
        var operand = Term();
        var first = tokens.Peek();
        if (first.Kind != TemplateTokenKind.Field)
        {
            return operand;
        }

        var names = new List<string>();
        while (tokens.Peek().Kind == TemplateTokenKind.Field)
        {
            names.Add(tokens.Next().Text[1..]);
        }

        return operand switch
        {
            FieldOperand field => new FieldOperand(first.At, new FieldPath([.. field.Fields.Names, .. names])),
            VariableOperand variable => new VariableOperand(first.At, variable.Name, new FieldPath(names)),
            ConstantOperand or DotOperand or NilOperand =>
                throw tokens.Error($"unexpected . after term {GoQuote.Quote(operand.ToString())}"),
            _ => new ChainOperand(first.At, operand, new FieldPath(names)),
        };
    }

    private Operand Term()
    {
        var token = tokens.NextAfterBlank();
        switch (token.Kind)
        {
            case TemplateTokenKind.Name:
                return TemplateFunctions.All.TryGetValue(token.Text, out var function)
                    ? new FunctionOperand(token.At, function)
                    : throw tokens.Error($"function {GoQuote.Quote(token.Text)} not defined");
            case TemplateTokenKind.Dot:
                return new DotOperand(token.At);
            case TemplateTokenKind.Keyword:
                return new NilOperand(token.At);
            case TemplateTokenKind.Variable:
                return Variables.Contains(token.Text)
                    ? new VariableOperand(token.At, token.Text, FieldPath.Empty)
                    : throw tokens.Error($"undefined variable {GoQuote.Quote(token.Text)}");
            case TemplateTokenKind.Field:
                return new FieldOperand(token.At, new FieldPath([token.Text[1..]]));
            case TemplateTokenKind.Bool:
                return new ConstantOperand(token.At, new BoolValue(token.Text == "true"), token.Text);
            case TemplateTokenKind.Number:
                return new ConstantOperand(token.At, Number(token.Text), token.Text);
            case TemplateTokenKind.String:
                return new ConstantOperand(token.At, new TextValue(Unquoted(token)), token.Text);
            default:
                return new PipelineOperand(token.At, Parse("parenthesized pipeline", inParentheses: true));
        }
    }

    /// <summary>The content of a string token.</summary>
    public string Unquoted(TemplateToken token) => TemplateLiterals.Unquote(token.Text) ?? throw tokens.Error("invalid syntax");

    private TemplateValue Number(string text)
    {
        try
        {
            return TemplateLiterals.Number(text);
        }
        catch (TemplateException wrong)
        {
            throw tokens.Error(wrong.Message);
        }
    }

    private static bool IsOperand(TemplateToken token) => token.Kind is
        TemplateTokenKind.Bool or TemplateTokenKind.Dot or TemplateTokenKind.Field or TemplateTokenKind.Name or TemplateTokenKind.Number
        or TemplateTokenKind.String or TemplateTokenKind.Variable || token.IsKeyword("nil") || token.IsMark("(");
}
