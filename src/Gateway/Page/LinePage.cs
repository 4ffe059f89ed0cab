namespace Tallygate.Gateway.Page;

/// <summary>Some consecutive lines of a family, and their text while it holds.</summary>
internal sealed class LinePage
{
    /// <summary>The lines in order.</summary>
    public List<PageLine> Lines { get; init; } = [];

    /// <summary>The lines as text, the family's header before them on its first page; null where they changed.</summary>
    public TextPart? Text { get; set; }
}
