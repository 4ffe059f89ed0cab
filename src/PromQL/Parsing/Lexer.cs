using Tallygate.Model;

namespace Tallygate.PromQL.Parsing;

/// <summary>
/// Cuts a query into tokens. What a character means depends on where it stands: in the open, inside braces, or inside brackets.
/// After a broken token or the end nothing more is to be asked for.
/// </summary>
internal sealed class Lexer(TextCursor cursor)
{
    private int _parens;
    private bool _braceOpen;
    private bool _bracketOpen;
    private bool _inDuration;
    private bool _gotColon;
    private bool _gotDuration;

    /// <summary>The next token; comments are left out.</summary>
    public Token Next()
    {
        while (true)
        {
            Token? token;
            if (_inDuration)
            {
                token = InDuration();
            }
            else if (cursor.IsAt("#"))
            {
                SkipComment();
                continue;
            }
            else
            {
                token = _braceOpen ? InBraces() : InTheOpen();
            }

            if (token is { } found)
            {
                return found;
            }

            cursor.SkipSpace();
        }
    }

    private Token? InTheOpen()
    {
        var c = cursor.Next();
        switch (c)
        {
            case TextCursor.EndOfText:
                return _parens != 0 ? cursor.Fail("unclosed left parenthesis")
                    : _bracketOpen ? cursor.Fail("unclosed left bracket")
                    : cursor.Take(TokenKind.End);
            case ' ' or '\t' or '\n' or '\r': return null;
            case ',': return cursor.Take(TokenKind.Comma);
            case '*': return cursor.Take(TokenKind.Multiply);
            case '/': return cursor.Take(TokenKind.Divide);
            case '%': return cursor.Take(TokenKind.Modulo);
            case '+': return cursor.Take(TokenKind.Add);
            case '-': return cursor.Take(TokenKind.Subtract);
            case '^': return cursor.Take(TokenKind.Power);
            case '@': return cursor.Take(TokenKind.At);
            case '=':
                return cursor.Accept("=") ? cursor.Take(TokenKind.EqualEqual)
                    : cursor.Peek() == '~' ? cursor.Fail("unexpected character after '=': '~'")
                    : cursor.Take(TokenKind.Equal);
            case '!':
                return cursor.Next() is var next and not '='
                    ? cursor.Fail("unexpected character after '!': " + GoQuote.QuoteRune(next))
                    : cursor.Take(TokenKind.NotEqual);
            case '<':
                return cursor.Take(cursor.Accept("=") ? TokenKind.LessOrEqual : cursor.Accept("/") ? TokenKind.TrimUpper : TokenKind.Less);
            case '>':
                return cursor.Take(
                    cursor.Accept("=") ? TokenKind.GreaterOrEqual : cursor.Accept("/") ? TokenKind.TrimLower : TokenKind.Greater);
            case '"' or '\'' or '`': return LiteralScanner.String(cursor, c);
            case '(': return OpenParen();
            case ')': return CloseParen();
            case '{':
                _braceOpen = true;
                return cursor.Take(TokenKind.LeftBrace);
            case '[': return OpenBracket();
            case ']':
                if (!_bracketOpen)
                {
                    return cursor.Fail("unexpected right bracket ']'");
                }

                _bracketOpen = false;
                return cursor.Take(TokenKind.RightBracket);
            default:
                if (TextCursor.IsDigit(c) || (c == '.' && TextCursor.IsDigit(cursor.Peek())))
                {
                    return NumberFromItsStart();
                }

                return TextCursor.IsLetter(c) || c == ':' ? WordInTheOpen(c) : Unexpected("unexpected character: ", c);
        }
    }

    private Token WordInTheOpen(int first)
    {
        if (_bracketOpen)
        {
            return WordInBrackets(first);
        }

        while (cursor.Next() is var c && (TextCursor.IsLetterOrDigit(c) || c == ':'))
        {
        }

        cursor.Back();
        var kind = TokenKinds.OfWord(cursor.Pending);

        // Metrics may be called fill: only before a parenthesis is it a keyword.
        if (kind is TokenKind.Fill or TokenKind.FillLeft or TokenKind.FillRight
            && !cursor.Text.AsSpan(cursor.Position).TrimStart(" \t\r\n").StartsWith('('))
        {
            kind = TokenKind.Identifier;
        }

        return cursor.Take(kind);
    }

    private Token WordInBrackets(int first)
    {
        if (first == ':')
        {
            if (_gotColon)
            {
                return cursor.Fail("unexpected colon ':'");
            }

            _gotColon = true;
            return cursor.Take(TokenKind.Colon);
        }

        return DurationWord(first) ?? cursor.Fail($"unexpected character: {GoQuote.QuoteRune(first)}, expected ':'");
    }

    private Token? InBraces()
    {
        var c = cursor.Next();
        switch (c)
        {
            case TextCursor.EndOfText: return cursor.Fail("unexpected end of input inside braces");
            case ' ' or '\t' or '\n' or '\r': return null;
            case ',': return cursor.Take(TokenKind.Comma);
            case '"' or '\'' or '`': return LiteralScanner.String(cursor, c);
            case '=': return cursor.Take(cursor.Accept("~") ? TokenKind.EqualRegex : TokenKind.Equal);
            case '!':
                var next = cursor.Next();
                return next == '~' ? cursor.Take(TokenKind.NotRegex)
                    : next == '=' ? cursor.Take(TokenKind.NotEqual)
                    : cursor.Fail("unexpected character after '!' inside braces: " + GoQuote.QuoteRune(next));
            case '{': return cursor.Fail("unexpected left brace '{'");
            case '}':
                _braceOpen = false;
                return cursor.Take(TokenKind.RightBrace);
            default:
                if (!TextCursor.IsLetter(c))
                {
                    return Unexpected("unexpected character inside braces: ", c);
                }

                while (TextCursor.IsLetterOrDigit(cursor.Next()))
                {
                }

                cursor.Back();
                return cursor.Take(TokenKind.Identifier);
        }
    }

    private Token? InDuration()
    {
        var c = cursor.Next();
        switch (c)
        {
            case TextCursor.EndOfText: return cursor.Fail("unexpected end of input in duration expression");
            case ' ' or '\t' or '\n' or '\r': return null;
            case ']':
                _bracketOpen = _inDuration = _gotColon = false;
                return cursor.Take(TokenKind.RightBracket);
            case ':':
                var colon = cursor.Take(TokenKind.Colon);
                if (!_gotDuration)
                {
                    return cursor.Fail("unexpected colon before duration in duration expression");
                }

                if (_gotColon)
                {
                    return cursor.Fail("unexpected repeated colon in duration expression");
                }

                _gotColon = true;
                return colon;
            case '(': return OpenParen();
            case ')': return CloseParen();
            case '+': return cursor.Take(TokenKind.Add);
            case '-': return cursor.Take(TokenKind.Subtract);
            case '*': return cursor.Take(TokenKind.Multiply);
            case '/': return cursor.Take(TokenKind.Divide);
            case '%': return cursor.Take(TokenKind.Modulo);
            case '^': return cursor.Take(TokenKind.Power);
            case ',': return cursor.Take(TokenKind.Comma);
            default:
                if (TextCursor.IsDigit(c) || (c == '.' && TextCursor.IsDigit(cursor.Peek())))
                {
                    _gotDuration = true;
                    _inDuration = false;
                    return NumberFromItsStart();
                }

                return DurationWord(c) ?? Unexpected("unexpected character in duration expression: ", c);
        }
    }

    private Token NumberFromItsStart()
    {
        cursor.Rewind();
        return LiteralScanner.NumberOrDuration(cursor);
    }

    private Token? DurationWord(int first)
    {
        if (first is not ('s' or 'S' or 'r' or 'R' or 'm' or 'M'))
        {
            return null;
        }

        while (TextCursor.IsLetter(cursor.Next()))
        {
        }

        cursor.Back();
        var kind = TokenKinds.OfDurationWord(cursor.Pending);
        return kind == TokenKind.Error ? null : cursor.Take(kind);
    }

    private Token OpenParen()
    {
        _parens++;
        return cursor.Take(TokenKind.LeftParen);
    }

    private Token CloseParen()
    {
        var paren = cursor.Take(TokenKind.RightParen);
        return --_parens < 0 ? cursor.Fail("unexpected right parenthesis ')'") : paren;
    }

    private Token OpenBracket()
    {
        if (_bracketOpen)
        {
            return cursor.Fail("unexpected left bracket '['");
        }

        var bracket = cursor.Take(TokenKind.LeftBracket);
        _gotColon = false;
        _bracketOpen = _inDuration = true;
        return bracket;
    }

    private void SkipComment()
    {
        var rest = cursor.Text.AsSpan(cursor.Position);
        var length = rest.IndexOfAny('\r', '\n');
        for (var end = cursor.Position + (length < 0 ? rest.Length : length); cursor.Position < end;)
        {
            cursor.Next();
        }

        cursor.BeginToken();
    }

    private Token Unexpected(string what, int c) => cursor.Fail(what + GoQuote.QuoteRune(c));
}
