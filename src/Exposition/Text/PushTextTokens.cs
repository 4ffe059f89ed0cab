using Tallygate.Model;

namespace Tallygate.Exposition.Text;

/// <summary>
/// The tokens of a text push: names, quoted strings, words and rests of lines, taken where the caller's grammar wants them. Holds what was wrong
/// first; nothing is to be taken after that.
/// </summary>
internal ref struct PushTextTokens(ReadOnlySpan<byte> body, Utf8StringPool pool)
{
    private LineCursor _cursor = new(body);

    /// <summary>Whether something was wrong.</summary>
    public bool Failed { get; private set; }

    /// <summary>What was wrong, once <see cref="Failed"/>.</summary>
    public ExpositionError Error { get; private set; }

    /// <inheritdoc cref="LineCursor.Current"/>
    public readonly int Current => _cursor.Current;

    /// <inheritdoc cref="LineCursor.AtLineEnd"/>
    public readonly bool AtLineEnd => _cursor.AtLineEnd;

    /// <summary>Moves to the next line; false behind the last one and after an error.</summary>
    public bool NextLine() => !Failed && _cursor.NextLine();

    /// <inheritdoc cref="LineCursor.Rest"/>
    public readonly ReadOnlySpan<byte> Rest => _cursor.Rest;

    /// <summary>Passes over one byte.</summary>
    public void Skip() => _cursor.At++;

    /// <inheritdoc cref="LineCursor.SkipBlanks"/>
    public void SkipBlanks() => _cursor.SkipBlanks();

    /// <summary>Passes over the rest of the line.</summary>
    public void SkipLine() => _cursor.At = _cursor.Line.Length;

    /// <inheritdoc cref="LineCursor.TakeWord"/>
    public ReadOnlySpan<byte> TakeWord() => _cursor.TakeWord();

    /// <summary>Takes the rest of the line, escapes resolved.</summary>
    public ReadOnlySpan<byte> TakeUnescapedLine()
    {
        var text = Unescape(_cursor.Rest);
        if (!Failed)
        {
            SkipLine();
        }

        return text;
    }

    /// <summary>Takes a metric or label name, bare or in quotes; empty where none begins here.</summary>
    public ReadOnlySpan<byte> TakeName(bool isMetric)
    {
        var rest = _cursor.Rest;
        var length = 0;
        while (length < rest.Length && IsNameByte(rest[length], isMetric) && (length > 0 || !char.IsAsciiDigit((char)rest[0])))
        {
            length++;
        }

        _cursor.At += length;
        if (_cursor.Current != '"')
        {
            return rest[..length];
        }

        _cursor.At++;
        var quoted = TakeQuoted(isMetric ? "metric name" : "label name", before: rest[..length]);
        if (length == 0 || Failed)
        {
            return quoted;
        }

        byte[] joined = [.. rest[..length], .. quoted];
        return joined;
    }

    /// <summary>Takes what stands before the closing quote, escapes resolved, and the quote.</summary>
    public ReadOnlySpan<byte> TakeQuoted(string what, ReadOnlySpan<byte> before = default)
    {
        var rest = _cursor.Rest;
        var end = rest.IndexOfAny((byte)'"', (byte)'\\');
        if (end >= 0 && rest[end] == '"')
        {
            _cursor.At += end + 1;
            return rest[..end];
        }

        // With escapes: find the end first.
        for (end = Math.Max(end, 0); end < rest.Length && rest[end] != '"'; end++)
        {
            if (rest[end] == '\\')
            {
                end++;
            }
        }

        var text = Unescape(rest[..Math.Min(end, rest.Length)]);
        if (Failed)
        {
            return default;
        }

        if (end >= rest.Length)
        {
            _cursor.At = _cursor.Line.Length;
            if (!FailAtTextEnd())
            {
                Fail($"{what} {GoQuote.Quote(ByteText.Decode([.. before, .. text]))} contains unescaped new-line", PushTextHints.LineBreak);
            }

            return default;
        }

        _cursor.At += end + 1;
        return text;
    }

    /// <summary>Takes the rest of the line as text, all backslashes dropped, as upstream reads types and what stands behind a timestamp.</summary>
    public string TakeLineWithoutBackslashes()
    {
        var rest = _cursor.Rest;
        _cursor.At = _cursor.Line.Length;
        var text = rest.Length <= 16 ? pool.Get(rest) : ByteText.Decode(rest);
        return text.Replace("\\", "");
    }

    /// <summary>Whether the text ends here, inside a line; that is the error then.</summary>
    public bool FailAtTextEnd()
    {
        if (!_cursor.AtTextEnd)
        {
            return false;
        }

        Fail("unexpected end of input stream", PushTextHints.End);
        return true;
    }

    /// <summary>Takes <paramref name="reason"/> as what is wrong where the cursor stands, or so many bytes before it. Always false.</summary>
    public bool Fail(string reason, string? hint = null, int back = 0)
    {
        var message = $"text format parsing error in line {_cursor.Number}: {reason}";
        Error = new ExpositionError(message, _cursor.Number, Math.Min(_cursor.At, _cursor.Line.Length) + 1 - back, hint);
        Failed = true;
        return false;
    }

    private static bool IsNameByte(byte b, bool isMetric) => char.IsAsciiLetterOrDigit((char)b) || b == '_' || (isMetric && b == ':');

    private ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> text)
    {
        if (!text.Contains((byte)'\\'))
        {
            return text;
        }

        var result = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var b = text[i];
            if (b == '\\')
            {
                i++;
                if (i == text.Length && !_cursor.Terminated)
                {
                    _cursor.At = _cursor.Line.Length;
                    FailAtTextEnd();
                    return default;
                }

                b = i < text.Length ? text[i] : (byte)'\n';
                if (b is not ((byte)'\\' or (byte)'n' or (byte)'"'))
                {
                    _cursor.At += i;
                    Fail($"invalid escape sequence '\\{(char)b}'", PushTextHints.Escape);
                    return default;
                }

                b = b == 'n' ? (byte)'\n' : b;
            }

            result[length++] = b;
        }

        return result.AsSpan(0, length);
    }
}
