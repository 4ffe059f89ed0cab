using System.Globalization;
using Tallygate.Model;

namespace Tallygate.PromQL.Parsing;

/// <summary>Parses the start timestamps of series notation: <c>_ -30s -1m+10sx2</c>.</summary>
internal static class StartTimestamps
{
    private const int MostValues = 10_000_000;

    /// <summary>Where <c>@st</c> stands directly behind the series of a line; -1 where it does not.</summary>
    public static int Find(string line)
    {
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote != '\0')
            {
                if (c == '\\' && quote != '`')
                {
                    i++;
                }
                else if (c == quote)
                {
                    quote = '\0';
                }
            }
            else if (c is '"' or '\'' or '`')
            {
                quote = c;
            }
            else if (c == '@')
            {
                return line.AsSpan(i).StartsWith("@st") && (i + 3 == line.Length || TextCursor.IsSpace(line[i + 3])) ? i : -1;
            }
        }

        return -1;
    }

    /// <summary>Parses the items from <paramref name="from"/> on; the place of the first bad one where it fails.</summary>
    public static bool TryParse(string line, int from, out List<long?> offsets, out (int Start, int End) bad)
    {
        offsets = [];
        bad = default;
        var end = from;
        while (true)
        {
            var start = end;
            while (start < line.Length && TextCursor.IsSpace(line[start]))
            {
                start++;
            }

            if (start == line.Length)
            {
                return true;
            }

            end = start;
            while (end < line.Length && !TextCursor.IsSpace(line[end]))
            {
                end++;
            }

            if (!TryItem(line.AsSpan(start, end - start), offsets))
            {
                bad = (start, end);
                return false;
            }
        }
    }

    private static bool TryItem(ReadOnlySpan<char> item, List<long?> offsets)
    {
        var count = 0;
        var times = item.LastIndexOf('x');
        if (times >= 0 && !int.TryParse(item[(times + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out count))
        {
            return false;
        }

        if (count > MostValues - offsets.Count)
        {
            return false;
        }

        var what = times < 0 ? item : item[..times];
        if (what is "_")
        {
            offsets.AddRange(Enumerable.Repeat((long?)null, times < 0 ? 1 : count));
            return true;
        }

        var second = what.Length < 2 ? -1 : what[1..].IndexOfAny('+', '-') + 1;
        var step = 0L;
        if (second > 0 && (times < 0 || !TrySigned(what[second..], out step)))
        {
            return false;
        }

        if (!TrySigned(second > 0 ? what[..second] : what, out var offset))
        {
            return false;
        }

        for (var i = 0; i <= count; i++)
        {
            offsets.Add(offset + (i * step));
        }

        return true;
    }

    private static bool TrySigned(ReadOnlySpan<char> text, out long milliseconds)
    {
        var signed = !text.IsEmpty && text[0] is '+' or '-';
        var negative = signed && text[0] == '-';
        var parsed = PromDuration.TryParse(signed ? text[1..] : text, out milliseconds, out _);
        milliseconds = negative ? -milliseconds : milliseconds;
        return parsed;
    }
}
