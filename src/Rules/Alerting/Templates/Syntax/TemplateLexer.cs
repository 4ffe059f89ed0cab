using System.Collections.Frozen;
using System.Text;
using Tallygate.Model;

namespace Tallygate.Rules.Alerting.Templates.Syntax;

/// <summary>Cuts a template into tokens; trim markers and comments are done with here.</summary>
internal sealed class TemplateLexer
{
    private static readonly char[] Blanks = [' ', '\t', '\r', '\n'];

    private static readonly FrozenSet<string> Keywords = FrozenSet.ToFrozenSet(
        ["block", "break", "continue", "define", "else", "end", "if", "nil", "range", "template", "with"]);

    private readonly string _source;
    private readonly List<TemplateToken> _tokens = [];
    private int _at;
    private int _line = 1;
    private int _depth;

    private TemplateLexer(string source) => _source = source;

    /// <summary>All tokens; the last one is the end, or the first error.</summary>
    public static List<TemplateToken> Tokens(string source)
    {
        var lexer = new TemplateLexer(source);
        while (lexer._at < source.Length && lexer.TextThenAction())
        {
        }

        if (lexer._tokens.Count == 0 || lexer._tokens[^1].Kind != TemplateTokenKind.Error)
        {
            lexer.Take(TemplateTokenKind.End, lexer._at);
        }

        return lexer._tokens;
    }

    private bool TextThenAction()
    {
        var open = _source.IndexOf("{{", _at, StringComparison.Ordinal);
        if (open < 0)
        {
            return Take(TemplateTokenKind.Text, _source.Length);
        }

        var trims = open + 3 < _source.Length && _source[open + 2] == '-' && Blanks.Contains(_source[open + 3]);
        var text = _source.AsSpan(_at, open - _at);
        var kept = trims ? text.TrimEnd(Blanks).Length : text.Length;
        if (kept > 0)
        {
            Take(TemplateTokenKind.Text, _at + kept);
        }

        Advance(open);
        var inside = trims ? open + 4 : open + 2;
        if (_source.AsSpan(inside).StartsWith("/*"))
        {
            return SkipComment(inside);
        }

        Take(TemplateTokenKind.Open, open + 2);
        Advance(inside);
        _depth = 0;
        while (!AtClose())
        {
            if (!ActionToken())
            {
                return false;
            }
        }

        return _depth == 0 ? Close(comment: false) : Error("unclosed left paren");
    }

    private bool SkipComment(int from)
    {
        var end = _source.IndexOf("*/", from + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            return Error("unclosed comment");
        }

        Advance(end + 2);
        return AtClose() ? Close(comment: true) : Error("comment ends before closing delimiter");
    }

    private bool AtClose() => _source.AsSpan(_at).StartsWith("}}") || AtTrimmingClose(_at);

    private bool AtTrimmingClose(int at) =>
        at < _source.Length && Blanks.Contains(_source[at]) && _source.AsSpan(at + 1).StartsWith("-}}");

    private bool Close(bool comment)
    {
        var trims = AtTrimmingClose(_at);
        Advance(trims ? _at + 2 : _at);
        if (comment)
        {
            Advance(_at + 2);
        }
        else
        {
            Take(TemplateTokenKind.Close, _at + 2);
        }

        while (trims && _at < _source.Length && Blanks.Contains(_source[_at]))
        {
            Advance(_at + 1);
        }

        return true;
    }

    private bool ActionToken()
    {
        if (_at >= _source.Length)
        {
            return Error("unclosed action");
        }

        switch (_source[_at])
        {
            case ' ' or '\t' or '\r' or '\n':
                return BlankToken();
            case '"' or '`' or '\'':
                return Quoted(_source[_at]);
            case ':':
                return _source.AsSpan(_at).StartsWith(":=") ? Take(TemplateTokenKind.Mark, _at + 2) : Error("expected :=");
            case '(':
                _depth++;
                return Take(TemplateTokenKind.Mark, _at + 1);
            case ')':
                return --_depth < 0 ? Error("unexpected right paren") : Take(TemplateTokenKind.Mark, _at + 1);
            case '$':
                return Word(TemplateTokenKind.Variable, _at + 1);
            case '.' when _at + 1 < _source.Length && !char.IsAsciiDigit(_source[_at + 1]):
                return Word(TemplateTokenKind.Field, _at + 1);
            case '.' or '+' or '-' or (>= '0' and <= '9'):
                return Number();
            case var c when WordEnd(_at) > _at:
                return Word(TemplateTokenKind.Name, _at);
            case > ' ' and < '\x7f':
                return Take(TemplateTokenKind.Mark, _at + 1);
            default:
                return Error("unrecognized character in action: " + GoQuote.DescribeRune(RuneAt(_at)));
        }
    }

    private bool BlankToken()
    {
        var end = _at;
        while (end < _source.Length && Blanks.Contains(_source[end]) && !AtTrimmingClose(end))
        {
            end++;
        }

        return Take(TemplateTokenKind.Blank, end);
    }

    private bool Quoted(char quote)
    {
        for (var end = _at + 1; end < _source.Length; end++)
        {
            var c = _source[end];
            if (c == quote)
            {
                return Take(quote == '\'' ? TemplateTokenKind.Number : TemplateTokenKind.String, end + 1);
            }

            if (quote != '`' && c == '\\' && end + 1 < _source.Length)
            {
                c = _source[++end];
            }

            if (quote != '`' && c == '\n')
            {
                break;
            }
        }

        return Error(quote switch
        {
            '`' => "unterminated raw quoted string",
            '\'' => "unterminated character constant",
            _ => "unterminated quoted string",
        });
    }

    private bool Number()
    {
        var end = NumberEnd(_at);
        if (end < _source.Length && _source[end] is '+' or '-')
        {
            // Go has complex numbers here; they are of no use to an alert.
            end = NumberEnd(end);
            return Error("bad number syntax: " + GoQuote.Quote(_source.AsSpan(_at, end - _at)));
        }

        return WordEnd(end) == end && !_source.AsSpan(_at, end - _at).EndsWith("i")
            ? Take(TemplateTokenKind.Number, end)
            : Error("bad number syntax: " + GoQuote.Quote(_source.AsSpan(_at, Math.Min(end + 1, _source.Length) - _at)));
    }

    private int NumberEnd(int at)
    {
        var digits = "0123456789_";
        at = Skip(at, "+-", 1);
        var prefixed = _source.AsSpan(at) is ['0', 'x' or 'X' or 'o' or 'O' or 'b' or 'B', ..];
        if (prefixed)
        {
            digits = _source[at + 1] is 'x' or 'X' ? "0123456789abcdefABCDEF_" : digits;
            at += 2;
        }

        at = Skip(at, digits);
        var point = Skip(at, ".", 1);
        at = point > at ? Skip(point, digits) : at;
        var exponent = Skip(at, prefixed ? "pP" : "eE", 1);
        at = exponent > at ? Skip(Skip(exponent, "+-", 1), "0123456789_") : at;
        return Skip(at, "i", 1);
    }

    private int Skip(int at, string any, int most = int.MaxValue)
    {
        for (var n = 0; n < most && at < _source.Length && any.Contains(_source[at], StringComparison.Ordinal); n++)
        {
            at++;
        }

        return at;
    }

    private bool Word(TemplateTokenKind kind, int from)
    {
        var end = WordEnd(from);
        var ends = end >= _source.Length || Blanks.Contains(_source[end]) || _source[end] is '.' or ',' or '|' or ':' or ')' or '('
            || _source.AsSpan(end).StartsWith("}}");
        if (!ends)
        {
            return Error("bad character " + GoQuote.DescribeRune(RuneAt(end)));
        }

        var word = _source[_at..end];
        return Take(
            kind switch
            {
                TemplateTokenKind.Field when word.Length == 1 => TemplateTokenKind.Dot,
                TemplateTokenKind.Name when Keywords.Contains(word) => TemplateTokenKind.Keyword,
                TemplateTokenKind.Name when word is "true" or "false" => TemplateTokenKind.Bool,
                _ => kind,
            },
            end);
    }

    private int WordEnd(int at)
    {
        while (at < _source.Length && Rune.TryGetRuneAt(_source, at, out var rune)
            && (rune.Value == '_' || Rune.IsLetter(rune) || Rune.IsDigit(rune)))
        {
            at += rune.Utf16SequenceLength;
        }

        return at;
    }

    private int RuneAt(int at) => Rune.TryGetRuneAt(_source, at, out var rune) ? rune.Value : 0xFFFD;

    private bool Take(TemplateTokenKind kind, int end)
    {
        _tokens.Add(new TemplateToken(kind, _source[_at..end], _at, _line));
        Advance(end);
        return true;
    }

    private void Advance(int to)
    {
        _line += _source.AsSpan(_at, to - _at).Count('\n');
        _at = to;
    }

    private bool Error(string message)
    {
        _tokens.Add(new TemplateToken(TemplateTokenKind.Error, message, _at, _line));
        return false;
    }
}
