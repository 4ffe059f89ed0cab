using System.Globalization;
using System.Text;

namespace Tallygate.Model.RegularExpressions;

/// <summary>
/// Writes a parsed pattern in .NET's language, so that it means the same there without any option: classes are spelled out, code points
/// above U+FFFF are surrogate pairs, and groups are numbered only.
/// </summary>
internal sealed class Re2Emitter
{
    private readonly StringBuilder _text = new();

    public static string Emit(Re2Node node)
    {
        var emitter = new Re2Emitter();
        emitter.Append(node);
        return emitter._text.ToString();
    }

    private void Append(Re2Node node)
    {
        switch (node.Kind)
        {
            case Re2NodeKind.Empty:
                _text.Append("(?:)");
                break;
            case Re2NodeKind.Set:
                AppendSet(node.Set!);
                break;
            case Re2NodeKind.Sequence:
                foreach (var part in node.Parts)
                {
                    Append(part);
                }

                break;
            case Re2NodeKind.Alternation:
                _text.Append("(?:");
                for (var i = 0; i < node.Parts.Count; i++)
                {
                    if (i > 0)
                    {
                        _text.Append('|');
                    }

                    Append(node.Parts[i]);
                }

                _text.Append(')');
                break;
            case Re2NodeKind.Repetition:
                AppendRepetition(node);
                break;
            case Re2NodeKind.Capture:
                _text.Append('(');
                Append(node.Inner);
                _text.Append(')');
                break;
            default:
                _text.Append(node.Kind switch
                {
                    Re2NodeKind.TextStart => @"\A",
                    Re2NodeKind.TextEnd => @"\z",
                    Re2NodeKind.LineStart => "(?m:^)",
                    Re2NodeKind.LineEnd => "(?m:$)",
                    Re2NodeKind.WordBoundary => @"\b",
                    _ => @"\B",
                });
                break;
        }
    }

    private void AppendRepetition(Re2Node node)
    {
        _text.Append("(?:");
        if (node.Max < 0 && node.Inner is { Kind: Re2NodeKind.Set, Set: { } set } && set.ContainsAll(0x10000, CodePointSet.Highest)
            && set.Contains(0xFFFD))
        {
            // Any number of code points, surrogates among them, may be taken char by char, which is much less to keep track of.
            AppendChars(set, withSurrogates: true);
        }
        else
        {
            Append(node.Inner);
        }

        _text.Append(')');
        _text.Append((node.Min, node.Max) switch
        {
            (0, -1) => "*",
            (1, -1) => "+",
            (0, 1) => "?",
            (var min, -1) => string.Create(CultureInfo.InvariantCulture, $"{{{min},}}"),
            var (min, max) => string.Create(CultureInfo.InvariantCulture, $"{{{min},{max}}}"),
        });
        if (node.Lazy)
        {
            _text.Append('?');
        }
    }

    private void AppendSet(CodePointSet set)
    {
        if (set.Ranges.Count == 0)
        {
            // Nothing: a class that holds no char.
            _text.Append(@"[^\u0000-\uFFFF]");
            return;
        }

        if (set.Single is >= 0 and not 0xFFFD and var single && Rune.IsValid(single))
        {
            foreach (var c in new Rune(single).ToString())
            {
                AppendChar(c);
            }

            return;
        }

        var pairs = Pairs(set);
        var rawBytes = set.Contains(0xFFFD);
        if (pairs.Count == 0 && !rawBytes)
        {
            AppendChars(set, withSurrogates: false);
            return;
        }

        _text.Append("(?:");
        AppendChars(set, withSurrogates: false);
        foreach (var (high, low) in pairs)
        {
            _text.Append('|');
            AppendClass([high]);
            AppendClass([low]);
        }

        if (rawBytes)
        {
            // A byte that is not UTF-8 reads as U+FFFD.
            _text.Append(@"|[\uDC80-\uDCFF]");
        }

        _text.Append(')');
    }

    private void AppendChars(CodePointSet set, bool withSurrogates)
    {
        var ranges = new List<(int, int)>();
        foreach (var (low, high) in set.Ranges)
        {
            AddBelow(ranges, low, Math.Min(high, 0xD7FF));
            AddBelow(ranges, Math.Max(low, 0xE000), Math.Min(high, 0xFFFF));
        }

        if (withSurrogates)
        {
            ranges.Add((0xD800, 0xDFFF));
        }

        if (withSurrogates && set.ContainsAll(0, CodePointSet.Highest))
        {
            // The engine knows this way of saying everything.
            _text.Append(@"[\s\S]");
            return;
        }

        AppendClass(ranges);

        static void AddBelow(List<(int, int)> to, int low, int high)
        {
            if (low <= high)
            {
                to.Add((low, high));
            }
        }
    }

    /// <summary>The code points above U+FFFF as ranges of high and low surrogates.</summary>
    private static List<((int, int) High, (int, int) Low)> Pairs(CodePointSet set)
    {
        var pairs = new List<((int, int), (int, int))>();
        foreach (var (low, high) in set.Ranges)
        {
            for (var from = Math.Max(low, 0x10000); from <= high;)
            {
                var firstHigh = 0xD800 + ((from - 0x10000) >> 10);
                var firstLow = 0xDC00 + ((from - 0x10000) & 0x3FF);
                var lastHigh = 0xD800 + ((high - 0x10000) >> 10);
                var lastLow = 0xDC00 + ((high - 0x10000) & 0x3FF);
                if (firstHigh == lastHigh)
                {
                    pairs.Add(((firstHigh, firstHigh), (firstLow, lastLow)));
                    break;
                }

                // Whole blocks of one high surrogate go together; what is cut at either end goes alone.
                var wholeUpTo = lastLow == 0xDFFF ? lastHigh : lastHigh - 1;
                var to = firstLow == 0xDC00 ? wholeUpTo : firstHigh;
                if (to < firstHigh)
                {
                    pairs.Add(((firstHigh, firstHigh), (0xDC00, lastLow)));
                    break;
                }

                pairs.Add(((firstHigh, to), (firstLow, 0xDFFF)));
                from = 0x10000 + ((to + 1 - 0xD800) << 10);
            }
        }

        return pairs;
    }

    private void AppendClass(List<(int Low, int High)> ranges)
    {
        if (ranges.Count == 0)
        {
            _text.Append(@"[^\u0000-\uFFFF]");
            return;
        }

        _text.Append('[');
        foreach (var (low, high) in ranges)
        {
            AppendChar((char)low);
            if (high > low)
            {
                _text.Append('-');
                AppendChar((char)high);
            }
        }

        _text.Append(']');
    }

    private void AppendChar(char c)
    {
        if (char.IsAsciiLetterOrDigit(c))
        {
            _text.Append(c);
        }
        else
        {
            _text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        }
    }
}
