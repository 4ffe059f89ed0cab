using Tallygate.Model;

namespace Tallygate.PromQL.Parsing;

/// <summary>Cuts a line of series notation into tokens: the series as a query's lexer does, then values, where blanks count.</summary>
internal sealed class SeriesLexer(TextCursor cursor)
{
    private readonly Lexer _labels = new(cursor);
    private bool _inValues;
    private bool _inBraces;
    private bool _inHistogram;
    private bool _inBuckets;

    public Token Next()
    {
        if (_inBuckets)
        {
            return InBuckets();
        }

        if (_inHistogram)
        {
            return InHistogram();
        }

        if (_inValues)
        {
            return InValues();
        }

        var token = _labels.Next();
        if (token.Kind == TokenKind.LeftBrace)
        {
            _inBraces = true;
        }
        else if (token.Kind == TokenKind.RightBrace || (!_inBraces && cursor.Peek() != '{'))
        {
            _inValues = true;
        }

        return token;
    }

    private Token InValues()
    {
        var c = cursor.Next();
        switch (c)
        {
            case TextCursor.EndOfText: return cursor.Take(TokenKind.End);
            case ' ' or '\t' or '\r' or '\n': return Space();
            case '+': return cursor.Take(TokenKind.Add);
            case '-': return cursor.Take(TokenKind.Subtract);
            case 'x': return cursor.Take(TokenKind.Times);
            case '_': return cursor.Take(TokenKind.Blank);
            case '{' when cursor.Accept("{"):
                _inHistogram = true;
                return cursor.Take(TokenKind.OpenHistogram);
            default:
                if (TextCursor.IsDigit(c) || (c == '.' && TextCursor.IsDigit(cursor.Peek())))
                {
                    cursor.Rewind();
                    return LiteralScanner.SeriesNumber(cursor);
                }

                if (!TextCursor.IsLetter(c))
                {
                    return cursor.Fail("unexpected character in series sequence: " + GoQuote.QuoteRune(c));
                }

                while (cursor.Next() is var next && (TextCursor.IsLetterOrDigit(next) || next == ':'))
                {
                }

                cursor.Back();
                return cursor.Take(TokenKinds.OfWord(cursor.Pending));
        }
    }

    private Token InHistogram()
    {
        var c = cursor.Next();
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n': return Space();
            case ':': return cursor.Take(TokenKind.Colon);
            case '-': return cursor.Take(TokenKind.Subtract);
            case '[':
                _inBuckets = true;
                return cursor.Take(TokenKind.LeftBracket);
            case '}' when cursor.Accept("}"):
                _inHistogram = false;
                return cursor.Take(TokenKind.CloseHistogram);
            default:
                if (TextCursor.IsDigit(c))
                {
                    cursor.Rewind();
                    return LiteralScanner.SeriesNumber(cursor);
                }

                return TextCursor.IsLetter(c)
                    ? WordInHistogram()
                    : cursor.Fail("histogram description incomplete unexpected: " + GoQuote.QuoteRune(c));
        }
    }

    private Token WordInHistogram()
    {
        while (TextCursor.IsLetter(cursor.Next()))
        {
        }

        cursor.Back();
        var word = cursor.Pending.ToString();
        if (HistogramDescription.IsKey(word))
        {
            return cursor.Peek() == ':'
                ? cursor.Take(TokenKind.HistogramKey)
                : cursor.Fail("missing `:` for histogram descriptor");
        }

        return TokenKinds.OfWord(word) == TokenKind.Number ? cursor.Take(TokenKind.Number)
            : HistogramDescription.TryGetHint(word, out _) ? cursor.Take(TokenKind.HistogramHint)
            : cursor.Fail("bad histogram descriptor found: " + GoQuote.Quote(word));
    }

    private Token InBuckets()
    {
        var c = cursor.Next();
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n': return Space();
            case '-': return cursor.Take(TokenKind.Subtract);
            case ']':
                _inBuckets = false;
                return cursor.Take(TokenKind.RightBracket);
            default:
                if (TextCursor.IsDigit(c))
                {
                    cursor.Rewind();
                    return LiteralScanner.SeriesNumber(cursor);
                }

                while (TextCursor.IsLetter(cursor.Peek()))
                {
                    cursor.Next();
                }

                return TokenKinds.OfWord(cursor.Pending) == TokenKind.Number
                    ? cursor.Take(TokenKind.Number)
                    : cursor.Fail("invalid character in buckets description: " + GoQuote.QuoteRune(c));
        }
    }

    private Token Space()
    {
        var space = cursor.Take(TokenKind.Space);
        cursor.SkipSpace();
        return space;
    }
}
