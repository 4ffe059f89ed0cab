using System.Text;

namespace Tallygate.PromQL.Parsing;

/// <summary>
/// Walks over a text code point by code point, with one step back, and marks where the present token began. A lone surrogate
/// (a byte that is not UTF-8) reads as U+FFFD, as Go reads it.
/// </summary>
internal sealed class TextCursor(string text)
{
    /// <summary>What <see cref="Next"/> gives at the end.</summary>
    public const int EndOfText = -1;

    private int _width;

    public string Text => text;

    public int Position { get; private set; }

    public int TokenStart { get; private set; }

    public ReadOnlySpan<char> Pending => text.AsSpan(TokenStart, Position - TokenStart);

    public int Next()
    {
        if (Position >= text.Length)
        {
            _width = 0;
            return EndOfText;
        }

        if (!char.IsSurrogate(text[Position]))
        {
            _width = 1;
            return text[Position++];
        }

        Rune.DecodeFromUtf16(text.AsSpan(Position), out var rune, out _width);
        Position += _width;
        return rune.Value;
    }

    /// <summary>Takes back the last <see cref="Next"/>; once only.</summary>
    public void Back() => Position -= _width;

    /// <summary>Goes back to where the present token began.</summary>
    public void Rewind() => Position = TokenStart;

    public int Peek()
    {
        var c = Next();
        Back();
        return c;
    }

    public bool Accept(ReadOnlySpan<char> set)
    {
        if (Position < text.Length && set.Contains(text[Position]))
        {
            _width = 1;
            Position++;
            return true;
        }

        _width = 0;
        return false;
    }

    public void AcceptAll(ReadOnlySpan<char> set)
    {
        while (Accept(set))
        {
        }
    }

    public bool IsAt(ReadOnlySpan<char> set) => Position < text.Length && set.Contains(text[Position]);

    public void BeginToken() => TokenStart = Position;

    public void SkipSpace()
    {
        while (IsSpace(Peek()))
        {
            Next();
        }

        BeginToken();
    }

    public Token Take(TokenKind kind)
    {
        var token = new Token(kind, TokenStart, Position);
        TokenStart = Position;
        return token;
    }

    public Token Fail(string error) => new(TokenKind.Error, TokenStart, text.Length, error);

    public static bool IsSpace(int c) => c is ' ' or '\t' or '\n' or '\r';

    public static bool IsDigit(int c) => c is >= '0' and <= '9';

    public static bool IsLetter(int c) => c is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');

    public static bool IsLetterOrDigit(int c) => IsLetter(c) || IsDigit(c);
}
