namespace Tallygate.Exposition.Text;

/// <summary>
/// Walks over a text line by line, byte by byte within the line. The end of a line is LF or CRLF and reads as one LF; the end of a last line
/// that has none reads as <see cref="End"/>.
/// </summary>
internal ref struct LineCursor(ReadOnlySpan<byte> text)
{
    /// <summary>What stands behind the last byte of a text that does not end in a newline.</summary>
    public const int End = -1;

    private const int LineFeed = '\n';

    private ReadOnlySpan<byte> _rest = text;
    /// <summary>The line at hand, without its end.</summary>
    public ReadOnlySpan<byte> Line { get; private set; }

    /// <summary>Whether the line has an end, as every line but the last must have.</summary>
    public bool Terminated { get; private set; }

    /// <summary>Where in the line the cursor stands.</summary>
    public int At { get; set; }

    /// <summary>The number of the line, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>The byte at the cursor, LF at the end of the line, or <see cref="End"/>.</summary>
    public readonly int Current => At < Line.Length ? Line[At] : Terminated ? LineFeed : End;

    /// <summary>Whether the cursor stands at the end of the line, be it LF or the end of the text.</summary>
    public readonly bool AtLineEnd => At >= Line.Length;

    /// <summary>Whether the text ends here, inside a line that is not complete.</summary>
    public readonly bool AtTextEnd => At >= Line.Length && !Terminated;

    /// <summary>What is left of the line.</summary>
    public readonly ReadOnlySpan<byte> Rest => Line[At..];

    /// <summary>Moves to the next line; false behind the last one.</summary>
    public bool NextLine()
    {
        Number++;
        At = 0;
        var end = _rest.IndexOf((byte)LineFeed);
        if (end < 0)
        {
            Line = _rest;
            _rest = default;
            Terminated = false;
            return !Line.IsEmpty;
        }

        Line = _rest[..end];
        if (!Line.IsEmpty && Line[^1] == '\r')
        {
            Line = Line[..^1];
        }

        _rest = _rest[(end + 1)..];
        Terminated = true;
        return true;
    }

    /// <summary>Passes over blanks and tabs.</summary>
    public void SkipBlanks()
    {
        while (At < Line.Length && Line[At] is (byte)' ' or (byte)'\t')
        {
            At++;
        }
    }

    /// <summary>Takes everything up to a blank, a tab or the end of the line.</summary>
    public ReadOnlySpan<byte> TakeWord()
    {
        var rest = Rest;
        var length = rest.IndexOfAny((byte)' ', (byte)'\t');
        length = length < 0 ? rest.Length : length;
        At += length;
        return rest[..length];
    }
}
