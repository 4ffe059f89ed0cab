namespace Tallygate.Model;

/// <summary>
/// The order of strings by their UTF-8 bytes, which is the order of Prometheus and of its index files.
/// UTF-16 ordinal order differs from it where surrogate pairs meet U+E000 to U+FFFF.
/// </summary>
public sealed class Utf8Order : IComparer<string>
{
    /// <summary>The one instance; it has no state.</summary>
    public static readonly Utf8Order Instance = new();

    private Utf8Order()
    {
    }

    /// <inheritdoc/>
    public int Compare(string? x, string? y) => CompareOrdinal(x.AsSpan(), y.AsSpan());

    /// <summary>Negative, zero or positive as <paramref name="x"/> comes before, with or after <paramref name="y"/>.</summary>
    public static int CompareOrdinal(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var common = x.CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
        {
            return x.Length - y.Length;
        }

        var a = x[common];
        var b = y[common];
        if (a >= 0xD800 && b >= 0xD800)
        {
            // Surrogates stand for code points above U+FFFF: they sort after U+E000 to U+FFFF.
            var aSurrogate = a <= 0xDFFF;
            var bSurrogate = b <= 0xDFFF;
            if (aSurrogate != bSurrogate)
            {
                return aSurrogate ? 1 : -1;
            }
        }

        return a - b;
    }
}
