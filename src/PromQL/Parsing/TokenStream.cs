using System.Text;
using Tallygate.Model;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>The tokens of a query, one looked ahead, and the errors found so far. Knows how chars become byte offsets.</summary>
internal sealed class TokenStream
{
    private readonly Func<Token> _next;
    private readonly List<PromQLSyntaxError> _errors = [];
    private readonly int[]? _byteOffsets;
    private bool _errorTaken;

    public TokenStream(string text, Func<Token> next)
    {
        Text = text;
        _next = next;
        _byteOffsets = Ascii.IsValid(text) ? null : MapToBytes(text);
        Current = Take();
    }

    public string Text { get; }

    /// <summary>The token that has been read but not consumed.</summary>
    public Token Current { get; private set; }

    public TokenKind Kind => Current.Kind;

    public IReadOnlyList<PromQLSyntaxError> Errors => _errors;

    /// <summary>The end, in chars, of the last closing bracket, number or duration that was read, be it consumed or not.</summary>
    public int LastClosing { get; private set; }

    /// <summary>The start, in bytes, of the last token that was consumed.</summary>
    public int LastConsumedStart { get; private set; }

    /// <summary>The end, in bytes, of the last token that was consumed.</summary>
    public int LastConsumedEnd { get; private set; }

    /// <summary>Consumes the present token and gives it.</summary>
    public Token Advance()
    {
        var consumed = Current;
        if (consumed.Kind is not (TokenKind.End or TokenKind.Error))
        {
            (LastConsumedStart, LastConsumedEnd) = (Bytes(consumed).Start, Bytes(consumed).End);
            Current = Take();
        }

        return consumed;
    }

    /// <summary>Consumes the present token if it is of this kind.</summary>
    public bool TryAdvance(TokenKind kind)
    {
        if (Kind != kind)
        {
            return false;
        }

        Advance();
        return true;
    }

    public ReadOnlySpan<char> Written(in Token token) => Text.AsSpan(token.Start, token.End - token.Start);

    /// <summary>The place of chars as bytes.</summary>
    public PositionRange Bytes(int start, int end) => _byteOffsets is null ? new(start, end) : new(_byteOffsets[start], _byteOffsets[end]);

    public PositionRange Bytes(in Token token) => Bytes(token.Start, token.End);

    public void AddError(PositionRange position, string message) => _errors.Add(new(position, message, Place(position.Start)));

    /// <summary>Says that the present token does not belong here; silent where the lexer has already said what is wrong.</summary>
    public void Unexpected(string context = "", string expected = "")
    {
        if (Kind == TokenKind.Error)
        {
            return;
        }

        var message = "unexpected " + TokenKinds.Describe(Current, Text);
        if (context.Length > 0)
        {
            message += " in " + context;
        }

        if (expected.Length > 0)
        {
            message += ", expected " + expected;
        }

        AddError(Bytes(Current), message);
    }

    /// <summary>The chars between two byte offsets, without the white space at their ends, as a place.</summary>
    public PositionRange TrimSpace(int startByte, int endByte)
    {
        var start = CharAt(startByte);
        var end = CharAt(endByte);
        while (start < end && TextCursor.IsSpace(Text[start]))
        {
            start++;
        }

        // The end falls one short of the right side, as upstream's does.
        end = Math.Max(start, end - 1);
        while (end > start && TextCursor.IsSpace(Text[end]))
        {
            end--;
        }

        return Bytes(start, end);
    }

    private int CharAt(int byteOffset)
    {
        if (_byteOffsets is null)
        {
            return byteOffset;
        }

        var at = Array.BinarySearch(_byteOffsets, byteOffset);
        return at < 0 ? Text.Length : at;
    }

    private Token Take()
    {
        var token = _next();
        if (token.Kind == TokenKind.Error && !_errorTaken)
        {
            _errorTaken = true;
            AddError(Bytes(token), token.Error!);
        }

        if (token.Kind is TokenKind.RightBrace or TokenKind.RightParen or TokenKind.RightBracket or TokenKind.Number or TokenKind.Duration)
        {
            LastClosing = token.End;
        }

        return token;
    }

    private string Place(int startByte)
    {
        if (Text.Length == 0)
        {
            return "unknown position";
        }

        var before = Text.AsSpan(0, CharAt(startByte));
        var lineStart = before.LastIndexOf('\n') + 1;
        return $"{before.Count('\n') + 1}:{startByte - Bytes(lineStart, lineStart).Start + 1}";
    }

    private static int[] MapToBytes(string text)
    {
        var offsets = new int[text.Length + 1];
        var bytes = 0;
        for (var i = 0; i < text.Length; i++)
        {
            offsets[i] = bytes;
            if (i < text.Length - 1 && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                offsets[++i] = bytes;
                bytes += 4;
            }
            else
            {
                bytes += text[i] switch
                {
                    < '\u0080' => 1,
                    < '\u0800' => 2,
                    _ => ByteText.IsRawByte(text[i]) ? 1 : 3,
                };
            }
        }

        offsets[text.Length] = bytes;
        return offsets;
    }
}
