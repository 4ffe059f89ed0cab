using System.Globalization;
using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Parsing;

namespace Tallygate.PromQL.Scripts;

/// <summary>Reads an <c>eval</c> command with its expectations.</summary>
internal sealed class EvalParser
{
    private const string RangeVectorPrefix = "expect range vector";
    private const string StringPrefix = "expect string";

    private readonly ScriptLines _lines;
    private bool _hasFailLine;

    public EvalParser(ScriptLines lines) => _lines = lines;

    public EvalCommand Parse()
    {
        var words = new WordReader(_lines.Current);
        var form = words.Next();
        var isRange = words.Next() switch
        {
            "instant" => false,
            "range" => true,
            _ => throw InvalidCommand(),
        };
        var command = isRange ? ParseRange(words) : ParseInstant(words);
        ApplyForm(command, form);
        while (_lines.MoveInBlock() && ParseLine(command, _lines.Current))
        {
        }

        if (command.Warnings is { None: true, Expected.Count: > 0 })
        {
            throw Error("invalid expect lines, warn and no_warn cannot be used together");
        }

        if (command.Infos is { None: true, Expected.Count: > 0 })
        {
            throw Error("invalid expect lines, info and no_info cannot be used together");
        }

        return command;
    }

    private EvalCommand ParseInstant(WordReader words)
    {
        if (words.Next() != "at")
        {
            throw InvalidCommand();
        }

        var time = Duration(words.Next(), "timestamp");
        var text = words.Rest;
        return new EvalCommand(_lines.Number, text, Expression(text)) { Time = time, Start = time, End = time };
    }

    private EvalCommand ParseRange(WordReader words)
    {
        var (start, end, step) = Times(words);
        var text = words.Rest;
        return new EvalCommand(_lines.Number, text, Expression(text)) { IsRange = true, Start = start, End = end, Step = step };
    }

    private (long Start, long End, long Step) Times(WordReader words)
    {
        var from = Keyword(words, "from");
        var to = Keyword(words, "to");
        var step = Keyword(words, "step");
        var start = Duration(from, "start timestamp");
        var end = Duration(to, "end timestamp");
        if (end < start)
        {
            throw Error($"invalid test definition, end timestamp ({to}) is before start timestamp ({from})");
        }

        return (start, end, Duration(step, "step"));
    }

    private string Keyword(WordReader words, string keyword) => words.Next() == keyword ? words.Next() : throw InvalidCommand();

    private void ApplyForm(EvalCommand command, string form)
    {
        switch (form)
        {
            case "eval":
                break;
            case "eval_fail":
                command.Failure = TextExpectation.Any;
                break;
            case "eval_warn":
                command.Warnings.Expected.Add(TextExpectation.Any);
                break;
            case "eval_info":
                command.Infos.Expected.Add(TextExpectation.Any);
                break;
            case "eval_ordered" when !command.IsRange:
                command.IsOrdered = true;
                break;
            default:
                throw InvalidCommand();
        }
    }

    /// <summary>Reads one line below the command; false where the block ends with it.</summary>
    private bool ParseLine(EvalCommand command, string line)
    {
        if (command.Failure is not null && TryAfter(line, "expected_fail_message", out var text))
        {
            command.Failure = TextExpectation.Exactly(text);
            return false;
        }

        if (command.Failure is not null && TryAfter(line, "expected_fail_regexp", out text))
        {
            command.Failure = Pattern(text);
            return false;
        }

        if (line.StartsWith(RangeVectorPrefix, StringComparison.Ordinal))
        {
            (command.Start, command.End, command.Step) = Times(new WordReader(line[RangeVectorPrefix.Length..]));
            command.Time = command.End;
            command.ExpectsRangeVector = true;
        }
        else if (line.StartsWith(StringPrefix, StringComparison.Ordinal))
        {
            command.ExpectedText = StringLiteral(line[StringPrefix.Length..].Trim());
        }
        else if (line == "expect" || line.StartsWith("expect ", StringComparison.Ordinal))
        {
            ParseExpectation(command, line);
        }
        else if (TryNumber(line, out var number))
        {
            command.ExpectedScalar = number;
            command.Expected.Clear();
            return false;
        }
        else
        {
            ParseSeries(command, line);
        }

        return true;
    }

    private void ParseSeries(EvalCommand command, string line)
    {
        if (!Parser.TryParseSeriesDescription(line, out var series, out var errors))
        {
            throw Error(errors[0].ToString());
        }

        if (series.Values.Count > 1 && !command.IsRange && !command.ExpectsRangeVector)
        {
            throw Error("expecting multiple values in instant evaluation not allowed. consider using 'expect range vector' directive "
                + "to enable a range vector result for an instant query");
        }

        command.ExpectedScalar = null;
        command.Expect(series with { Labels = series.Labels.WithoutEmpty() });
    }

    private void ParseExpectation(EvalCommand command, string line)
    {
        var words = new WordReader(line);
        words.Next();
        var kind = words.Next();
        var rest = words.Rest;
        var expectation = rest.Length == 0 ? TextExpectation.Any
            : TryAfter(rest, "msg:", out var text) && text.Length > 0 ? TextExpectation.Exactly(text)
            : TryAfter(rest, "regex:", out text) && text.Length > 0 ? Pattern(text)
            : throw InvalidExpectation();
        switch (kind)
        {
            case "ordered":
                command.IsOrdered = true;
                break;
            case "fail" when !_hasFailLine:
                _hasFailLine = true;
                command.Failure = expectation;
                break;
            case "fail":
                throw Error("invalid expect lines, multiple expect fail lines are not allowed");
            case "warn":
                command.Warnings.Expected.Add(expectation);
                break;
            case "info":
                command.Infos.Expected.Add(expectation);
                break;
            case "no_warn":
                command.Warnings.None = true;
                break;
            case "no_info":
                command.Infos.None = true;
                break;
            default:
                throw InvalidExpectation();
        }
    }

    private static bool TryAfter(string line, string prefix, out string rest)
    {
        var starts = line.StartsWith(prefix, StringComparison.Ordinal);
        rest = starts ? line[prefix.Length..].Trim() : "";
        return starts;
    }

    private TextExpectation Pattern(string pattern)
    {
        try
        {
            return TextExpectation.Containing(pattern);
        }
        catch (ArgumentException)
        {
            throw Error($"invalid regex {pattern}");
        }
    }

    private string StringLiteral(string text)
    {
        // Quoted by " or back quotes, as PromQL quotes too.
        var isQuoted = text.Length >= 2 && text[0] is '"' or '`' && text[^1] == text[0];
        return isQuoted && Parser.TryParseExpr(text, ParserOptions.All, out var expr, out _) && expr is Ast.StringLiteral literal
            ? literal.Value
            : throw Error("expected string literal not valid - check that the string is correctly quoted");
    }

    private Expr Expression(string text) =>
        Parser.TryParseExpr(text, ParserOptions.All, out var expr, out var errors) ? expr : throw Error(errors[0].ToString());

    private long Duration(string text, string what) =>
        PromDuration.TryParse(text, out var milliseconds, out var problem)
            ? milliseconds
            : throw Error($"invalid {what} definition {GoQuote.Quote(text)}: {problem}");

    private static bool TryNumber(string text, out double value)
    {
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
        {
            value = hex;
            return true;
        }

        return FloatText.TryParse(text, out value);
    }

    private ScriptException InvalidCommand() => Error(
        "invalid evaluation command. Must be either 'eval[_fail|_warn|_ordered] instant [at <offset:duration>] <query>' "
            + "or 'eval[_fail|_warn] range from <from> to <to> step <step> <query>'");

    private ScriptException InvalidExpectation() =>
        Error("invalid expect statement, must match `expect <type> <match_type>: <string>` format");

    private ScriptException Error(string message) => new(_lines.Number, message);
}
