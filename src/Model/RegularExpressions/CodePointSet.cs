namespace Tallygate.Model.RegularExpressions;

/// <summary>A set of code points as ascending ranges that neither meet nor overlap. Immutable.</summary>
internal sealed class CodePointSet
{
    public const int Highest = 0x10FFFF;

    /// <summary>Every code point.</summary>
    public static readonly CodePointSet All = new([(0, Highest)]);

    private readonly List<(int Low, int High)> _ranges;

    private CodePointSet(List<(int Low, int High)> ranges) => _ranges = ranges;

    public IReadOnlyList<(int Low, int High)> Ranges => _ranges;

    /// <summary>The union of ranges in any order.</summary>
    public static CodePointSet Of(IEnumerable<(int Low, int High)> ranges)
    {
        var merged = new List<(int Low, int High)>();
        foreach (var range in ranges.OrderBy(r => r.Low))
        {
            if (merged.Count > 0 && range.Low <= merged[^1].High + 1)
            {
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, range.High));
            }
            else
            {
                merged.Add(range);
            }
        }

        return new CodePointSet(merged);
    }

    public static CodePointSet Of(int codePoint) => new([(codePoint, codePoint)]);

    public CodePointSet Complement()
    {
        var rest = new List<(int, int)>();
        var next = 0;
        foreach (var (low, high) in _ranges)
        {
            if (low > next)
            {
                rest.Add((next, low - 1));
            }

            next = high + 1;
        }

        if (next <= Highest)
        {
            rest.Add((next, Highest));
        }

        return new CodePointSet(rest);
    }

    public bool Contains(int codePoint) => ContainsAll(codePoint, codePoint);

    /// <summary>Whether all of a range belongs to the set.</summary>
    public bool ContainsAll(int low, int high)
    {
        var (from, to) = (0, _ranges.Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (_ranges[middle].High < low)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return from < _ranges.Count && _ranges[from].Low <= low && high <= _ranges[from].High;
    }

    /// <summary>The one code point of the set, or -1.</summary>
    public int Single => _ranges is [var only] && only.Low == only.High ? only.Low : -1;
}
