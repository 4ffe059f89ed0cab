using System.Globalization;
using System.Text;

namespace Tallygate.Model.RegularExpressions;

/// <summary>Parses classes, in brackets and by name, and escapes for single code points.</summary>
internal sealed class Re2ClassParser(string pattern)
{
    private static readonly Dictionary<string, (int, int)[]> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = [('0', '9'), ('A', 'Z'), ('a', 'z')],
        ["alpha"] = [('A', 'Z'), ('a', 'z')],
        ["ascii"] = [(0, 0x7F)],
        ["blank"] = [('\t', '\t'), (' ', ' ')],
        ["cntrl"] = [(0, 0x1F), (0x7F, 0x7F)],
        ["digit"] = [('0', '9')],
        ["graph"] = [('!', '~')],
        ["lower"] = [('a', 'z')],
        ["print"] = [(' ', '~')],
        ["punct"] = [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        ["space"] = [('\t', '\r'), (' ', ' ')],
        ["upper"] = [('A', 'Z')],
        ["word"] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        ["xdigit"] = [('0', '9'), ('A', 'F'), ('a', 'f')],
    };

    private static readonly (int, int)[] PerlSpace = [('\t', '\n'), ('\f', '\r'), (' ', ' ')];

    /// <summary>Parses a class in brackets from the bracket on.</summary>
    public CodePointSet Bracket(ref int at, Re2Flags flags)
    {
        var start = at++;
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated)
        {
            at++;
        }

        var ranges = new List<(int, int)>();
        for (var first = true; at >= pattern.Length || pattern[at] != ']' || first; first = false)
        {
            // A minus stands for itself at the ends only.
            if (at < pattern.Length && pattern[at] == '-' && !first && (at + 1 == pattern.Length || pattern[at + 1] != ']'))
            {
                var length = at + 1 < pattern.Length && char.IsHighSurrogate(pattern[at + 1]) ? 2 : 1;
                throw Re2Parser.Error("invalid character class range", pattern[at..Math.Min(at + 1 + length, pattern.Length)]);
            }

            if (at >= pattern.Length)
            {
                throw Re2Parser.Error("missing closing ]", pattern[start..]);
            }

            if (pattern.AsSpan(at).StartsWith("[:") && pattern.IndexOf(":]", at + 2, StringComparison.Ordinal) is >= 0 and var end)
            {
                ranges.AddRange(PosixClass(at, end, flags).Ranges);
                at = end + 2;
            }
            else if (TryNamed(ref at, flags, out var named))
            {
                ranges.AddRange(named.Ranges);
            }
            else
            {
                ranges.AddRange(Folded(CodePointSet.Of([Range(ref at, start)]), flags).Ranges);
            }
        }

        at++;
        var set = CodePointSet.Of(ranges);
        return negated ? set.Complement() : set;
    }

    /// <summary>Reads <c>\d</c> and its like, <c>\pL</c>, <c>\p{Greek}</c>; false where none stands.</summary>
    public bool TryNamed(ref int at, Re2Flags flags, out CodePointSet set)
    {
        set = CodePointSet.All;
        if (at + 1 >= pattern.Length || pattern[at] != '\\')
        {
            return false;
        }

        var letter = pattern[at + 1];
        (int, int)[]? perl = char.ToLowerInvariant(letter) switch
        {
            'd' => Posix["digit"],
            's' => PerlSpace,
            'w' => Posix["word"],
            _ => null,
        };
        if (perl is not null)
        {
            at += 2;
            set = Folded(CodePointSet.Of(perl), flags);
            set = char.IsAsciiLetterUpper(letter) ? set.Complement() : set;
            return true;
        }

        if (letter is not ('p' or 'P'))
        {
            return false;
        }

        set = UnicodeClass(ref at, flags);
        return true;
    }

    /// <summary>Reads an escape for one code point.</summary>
    public int Escape(ref int at)
    {
        var start = at++;
        if (at >= pattern.Length)
        {
            throw Re2Parser.Error("trailing backslash at end of expression", "");
        }

        var c = pattern[at++];
        switch (c)
        {
            case 'a': return '\a';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            case 'x': return Hexadecimal(ref at, start);
            case >= '1' and <= '7' when at >= pattern.Length || pattern[at] is < '0' or > '7':
                // It would refer back to a group.
                throw Re2Parser.Error("invalid escape sequence", pattern[start..at]);
            case >= '0' and <= '7':
                var value = c - '0';
                for (var i = 0; i < 2 && at < pattern.Length && pattern[at] is >= '0' and <= '7'; i++)
                {
                    value = (value * 8) + (pattern[at++] - '0');
                }

                return value;
            default:
                if (c < 0x80 && !char.IsAsciiLetterOrDigit(c))
                {
                    return c;
                }

                at += char.IsHighSurrogate(c) ? 1 : 0;
                throw Re2Parser.Error("invalid escape sequence", pattern[start..at]);
        }
    }

    private static CodePointSet Folded(CodePointSet set, Re2Flags flags) => flags.HasFlag(Re2Flags.IgnoreCase) ? CaseFolding.Fold(set) : set;

    private CodePointSet PosixClass(int at, int end, Re2Flags flags)
    {
        var name = pattern[(at + 2)..end];
        var negated = name.StartsWith('^');
        if (!Posix.TryGetValue(negated ? name[1..] : name, out var ranges))
        {
            throw Re2Parser.Error("invalid character class range", pattern[at..(end + 2)]);
        }

        var set = Folded(CodePointSet.Of(ranges), flags);
        return negated ? set.Complement() : set;
    }

    private CodePointSet UnicodeClass(ref int at, Re2Flags flags)
    {
        var start = at;
        var negated = pattern[at + 1] == 'P';
        at += 2;
        if (at >= pattern.Length)
        {
            throw Re2Parser.Error("invalid character class range", pattern[start..]);
        }

        string name;
        if (pattern[at] == '{')
        {
            var end = pattern.IndexOf('}', at);
            if (end < 0)
            {
                throw Re2Parser.Error("invalid character class range", pattern[start..]);
            }

            name = pattern[(at + 1)..end];
            at = end + 1;
        }
        else
        {
            var length = char.IsHighSurrogate(pattern[at]) ? 2 : 1;
            name = pattern.Substring(at, length);
            at += length;
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        var set = UnicodeClasses.Find(name) ?? throw Re2Parser.Error("invalid character class range", pattern[start..at]);
        set = Folded(set, flags);
        return negated ? set.Complement() : set;
    }

    private (int Low, int High) Range(ref int at, int classStart)
    {
        var start = at;
        var low = Single(ref at, classStart);
        if (at + 1 >= pattern.Length || pattern[at] != '-' || pattern[at + 1] == ']')
        {
            return (low, low);
        }

        at++;
        var high = Single(ref at, classStart);
        return high >= low ? (low, high) : throw Re2Parser.Error("invalid character class range", pattern[start..at]);
    }

    private int Single(ref int at, int classStart)
    {
        if (at >= pattern.Length)
        {
            throw Re2Parser.Error("missing closing ]", pattern[classStart..]);
        }

        if (pattern[at] == '\\')
        {
            return Escape(ref at);
        }

        Rune.DecodeFromUtf16(pattern.AsSpan(at), out var rune, out var length);
        at += length;
        return rune.Value;
    }

    private int Hexadecimal(ref int at, int start)
    {
        var braced = at < pattern.Length && pattern[at] == '{';
        var from = braced ? at + 1 : at;
        var to = from;
        while (to < pattern.Length && char.IsAsciiHexDigit(pattern[to]) && (braced || to < from + 2))
        {
            to++;
        }

        var closed = !braced || (to < pattern.Length && pattern[to] == '}');
        if (!closed || (braced ? to == from : to != from + 2)
            || !int.TryParse(pattern.AsSpan(from..to), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || value is < 0 or > CodePointSet.Highest)
        {
            throw Re2Parser.Error("invalid escape sequence", pattern[start..Math.Min(to + 1, pattern.Length)]);
        }

        at = braced ? to + 1 : to;
        return value;
    }
}
