using System.Globalization;

namespace Tallygate.Wal;

/// <summary>The names of segment files: their index in at least eight digits, then <c>.wal</c>. Indexes begin at 1 and only rise.</summary>
public static class SegmentName
{
    private const string Extension = ".wal";

    /// <summary>The name of the segment with this index.</summary>
    public static string Of(long index) => index.ToString("D8", CultureInfo.InvariantCulture) + Extension;

    /// <summary>Whether <paramref name="name"/> is a segment's name, and of which one. Only names that <see cref="Of"/> gives are.</summary>
    public static bool TryParse(string name, out long index)
    {
        index = 0;
        return name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, name.Length - Extension.Length), NumberStyles.None, CultureInfo.InvariantCulture, out index)
            && index > 0
            && name == Of(index);
    }
}
