using System.Runtime.InteropServices;

namespace Tallygate.Gateway.Page;

/// <summary>Some consecutive lines of a family, and their text while it holds.</summary>
internal sealed class LinePage
{
    /// <summary>The lines in order.</summary>
    public List<PageLine> Lines { get; init; } = [];

    /// <summary>The lines in place.</summary>
    public Span<PageLine> Span => CollectionsMarshal.AsSpan(Lines);

    /// <summary>What <see cref="PageLine.Start"/> counts in: the text of the last time, also after a change.</summary>
    public ReadOnlyMemory<byte> Written { get; set; }

    /// <summary>The lines as text, the family's header before them on its first page; null where they changed.</summary>
    public TextPart? Text { get; set; }

    /// <summary>Has all lines written anew the next time.</summary>
    public void Forget()
    {
        Text = null;
        foreach (ref var line in Span)
        {
            line.Start = -1;
        }
    }

    /// <summary>Writes the lines behind each other: those that are known are copied, in runs as long as they lie.</summary>
    public void Render(PageWriter writer)
    {
        var lines = Span;
        var written = Written.Span;
        for (var i = 0; i < lines.Length;)
        {
            if (lines[i].Start < 0)
            {
                writer.Format(ref lines[i++]);
                continue;
            }

            var start = lines[i].Start;
            var end = start;
            var shift = writer.Length - start;
            while (i < lines.Length && lines[i].Start == end)
            {
                end += lines[i].Length;
                lines[i].Start += shift;
                i++;
            }

            writer.Copy(written[start..end]);
        }
    }
}
