namespace Tallygate.PromQL.Functions;

/// <summary>The order in which runs of digits count as numbers: <c>cpu9</c> comes before <c>cpu10</c>.</summary>
internal static class NaturalOrder
{
    /// <summary>Negative, zero or positive as <paramref name="a"/> comes before, with or after <paramref name="b"/>.</summary>
    public static int Compare(string a, string b)
    {
        var i = 0;
        var j = 0;
        while (i < a.Length && j < b.Length)
        {
            var left = Chunk(a, i);
            var right = Chunk(b, j);
            i += left.Length;
            j += right.Length;
            if (left.SequenceEqual(right))
            {
                continue;
            }

            var leftIsNumber = char.IsAsciiDigit(left[0]);
            var rightIsNumber = char.IsAsciiDigit(right[0]);
            var order = leftIsNumber && rightIsNumber ? CompareNumbers(left, right) : left.SequenceCompareTo(right);
            if (order != 0)
            {
                return order;
            }
        }

        return (a.Length - i) - (b.Length - j);
    }

    private static ReadOnlySpan<char> Chunk(string text, int from)
    {
        var isNumber = char.IsAsciiDigit(text[from]);
        var to = from;
        while (to < text.Length && char.IsAsciiDigit(text[to]) == isNumber)
        {
            to++;
        }

        return text.AsSpan(from, to - from);
    }

    private static int CompareNumbers(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var left = a.TrimStart('0');
        var right = b.TrimStart('0');
        var order = left.Length != right.Length ? left.Length - right.Length : left.SequenceCompareTo(right);

        // Of equal numbers the one with fewer leading zeros comes first.
        return order != 0 ? order : a.Length - b.Length;
    }
}
