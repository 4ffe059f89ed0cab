using System.Text;

namespace Tallygate.Model.RegularExpressions;

/// <summary>
/// Parses RE2's syntax, as Go's regexp package reads it with Perl's classes and flags. Throws <see cref="ArgumentException"/> with Go's text
/// for what RE2 refuses.
/// </summary>
internal sealed class Re2Parser
{
    private const int MostRepetitions = 1000;
    private const int DeepestNesting = 1000;

    private readonly string _pattern;
    private readonly Re2ClassParser _classes;
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private Re2Flags _flags;
    private int _at;
    private int _depth;
    private int _captures;

    private Re2Parser(string pattern, Re2Flags flags)
    {
        _pattern = pattern;
        _flags = flags;
        _classes = new Re2ClassParser(pattern);
    }

    /// <summary>Parses a pattern; gives the numbers of its named groups too.</summary>
    public static Re2Node Parse(string pattern, Re2Flags flags, out IReadOnlyDictionary<string, int> names)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (char.IsHighSurrogate(pattern[i]) && i + 1 < pattern.Length && char.IsLowSurrogate(pattern[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(pattern[i]))
            {
                throw Error("invalid UTF-8", pattern);
            }
        }

        var parser = new Re2Parser(pattern, flags);
        var node = parser.Alternatives();
        if (parser._at < pattern.Length)
        {
            throw Error("unexpected )", pattern);
        }

        names = parser._names;
        return node;
    }

    /// <summary>The failure with Go's text.</summary>
    public static ArgumentException Error(string what, string where) => new($"error parsing regexp: {what}: `{where}`");

    private Re2Node Alternatives()
    {
        if (++_depth > DeepestNesting)
        {
            throw Error("expression nests too deeply", _pattern);
        }

        var alternatives = new List<Re2Node>();
        do
        {
            alternatives.Add(Sequence());
        }
        while (TryTake('|'));

        _depth--;
        return Re2Node.Alternation(alternatives);
    }

    private Re2Node Sequence()
    {
        var parts = new List<Re2Node>();
        var lastRepetition = -1;
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var start = _at;
            if (TryRepetition(parts, ref lastRepetition))
            {
                continue;
            }

            lastRepetition = -1;
            if (_pattern[start] == '(')
            {
                Group(parts);
            }
            else if (_pattern.AsSpan(start).StartsWith(@"\Q"))
            {
                Quoted(parts);
            }
            else
            {
                parts.Add(Atom());
            }
        }

        return Re2Node.Sequence(parts);
    }

    private bool TryRepetition(List<Re2Node> parts, ref int lastRepetition)
    {
        var start = _at;
        int min;
        int max;
        switch (_pattern[_at])
        {
            case '*':
                (min, max) = (0, -1);
                _at++;
                break;
            case '+':
                (min, max) = (1, -1);
                _at++;
                break;
            case '?':
                (min, max) = (0, 1);
                _at++;
                break;
            case '{' when TryCounts(out min, out max):
                if (min is < 0 or > MostRepetitions || max > MostRepetitions || (max >= 0 && min > max) || max < -1)
                {
                    throw Error("invalid repeat count", _pattern[start.._at]);
                }

                break;
            default:
                return false;
        }

        var lazy = TryTake('?');
        var written = _pattern[start.._at];
        if (lastRepetition >= 0)
        {
            throw Error("invalid nested repetition operator", _pattern[lastRepetition.._at]);
        }

        if (parts.Count == 0)
        {
            throw Error("missing argument to repetition operator", written);
        }

        var repeated = new Re2Node(Re2NodeKind.Repetition)
        {
            Parts = [parts[^1]],
            Min = min,
            Max = max,
            Lazy = lazy != _flags.HasFlag(Re2Flags.Ungreedy),
        };
        if (Repetitions(repeated) > MostRepetitions)
        {
            throw Error("invalid repeat count", written);
        }

        parts[^1] = repeated;
        lastRepetition = start;
        return true;
    }

    /// <summary>How often counted repetitions inside one another may repeat the innermost part.</summary>
    private static long Repetitions(Re2Node node)
    {
        var own = node.Kind == Re2NodeKind.Repetition && (node.Max > 1 || node.Min > 1) ? Math.Max(node.Min, node.Max) : 1;
        var inner = 1L;
        foreach (var part in node.Parts)
        {
            inner = Math.Max(inner, Repetitions(part));
        }

        return own * inner;
    }

    /// <summary>Reads <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; anything else is plain text. A number far too large reads as -2.</summary>
    private bool TryCounts(out int min, out int max)
    {
        max = -1;
        var at = _at + 1;
        if (!TryNumber(ref at, out min))
        {
            return false;
        }

        if (at < _pattern.Length && _pattern[at] == ',')
        {
            at++;
            if (at < _pattern.Length && _pattern[at] != '}' && !TryNumber(ref at, out max))
            {
                return false;
            }
        }
        else
        {
            max = min;
        }

        if (at >= _pattern.Length || _pattern[at] != '}')
        {
            return false;
        }

        _at = at + 1;
        return true;
    }

    private bool TryNumber(ref int at, out int number)
    {
        number = 0;
        var start = at;
        while (at < _pattern.Length && char.IsAsciiDigit(_pattern[at]))
        {
            number = number > 100_000 ? number : (number * 10) + (_pattern[at] - '0');
            at++;
        }

        if (number > 100_000)
        {
            number = -2;
        }

        // A leading zero makes it no count.
        return at > start && (_pattern[start] != '0' || at == start + 1);
    }

    private void Group(List<Re2Node> parts)
    {
        var outer = _flags;
        var capture = true;
        if (_pattern.AsSpan(_at).StartsWith("(?"))
        {
            if (_pattern.AsSpan(_at).StartsWith("(?P<") || _pattern.AsSpan(_at).StartsWith("(?<"))
            {
                Name();
            }
            else
            {
                capture = false;
                if (!Flags())
                {
                    return;
                }
            }
        }
        else
        {
            _at++;
        }

        if (capture)
        {
            _captures++;
        }

        var inner = Alternatives();
        if (!TryTake(')'))
        {
            throw Error("missing closing )", _pattern);
        }

        _flags = outer;
        parts.Add(capture ? new Re2Node(Re2NodeKind.Capture) { Parts = [inner] } : inner);
    }

    private void Name()
    {
        var start = _at;
        var from = _pattern.IndexOf('<', _at) + 1;
        var end = _pattern.IndexOf('>', from);
        if (end < 0)
        {
            throw Error("invalid named capture", _pattern[start..]);
        }

        var name = _pattern[from..end];
        if (name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            throw Error("invalid named capture", _pattern[start..(end + 1)]);
        }

        if (!_names.TryAdd(name, _captures + 1))
        {
            throw Error("duplicate capture group name", name);
        }

        _at = end + 1;
    }

    /// <summary>Reads <c>(?i)</c> or <c>(?i:</c>; whether a group begins.</summary>
    private bool Flags()
    {
        var start = _at;
        var flags = _flags;
        var off = false;
        var any = false;
        for (_at += 2; _at < _pattern.Length;)
        {
            var c = _pattern[_at];
            _at += char.IsHighSurrogate(c) ? 2 : 1;
            var flag = c switch
            {
                'i' => Re2Flags.IgnoreCase,
                'm' => Re2Flags.MultiLine,
                's' => Re2Flags.DotMatchesNewline,
                'U' => Re2Flags.Ungreedy,
                _ => Re2Flags.None,
            };
            if (flag != Re2Flags.None)
            {
                flags = off ? flags & ~flag : flags | flag;
                any = true;
            }
            else if (c == '-' && !off)
            {
                off = true;
                any = false;
            }
            else if (c is ':' or ')' && (!off || any))
            {
                _flags = flags;
                return c == ':';
            }
            else
            {
                throw Error("invalid or unsupported Perl syntax", _pattern[start.._at]);
            }
        }

        throw Error("missing closing )", _pattern);
    }

    private void Quoted(List<Re2Node> parts)
    {
        _at += 2;
        while (_at < _pattern.Length)
        {
            if (_pattern.AsSpan(_at).StartsWith(@"\E"))
            {
                _at += 2;
                return;
            }

            parts.Add(Literal(NextRune()));
        }
    }

    private Re2Node Atom()
    {
        var c = _pattern[_at];
        switch (c)
        {
            case '^':
                _at++;
                return new(_flags.HasFlag(Re2Flags.MultiLine) ? Re2NodeKind.LineStart : Re2NodeKind.TextStart);
            case '$':
                _at++;
                return new(_flags.HasFlag(Re2Flags.MultiLine) ? Re2NodeKind.LineEnd : Re2NodeKind.TextEnd);
            case '.':
                _at++;
                return Re2Node.Of(_flags.HasFlag(Re2Flags.DotMatchesNewline) ? CodePointSet.All : CodePointSet.Of('\n').Complement());
            case '[':
                return Re2Node.Of(_classes.Bracket(ref _at, _flags));
            case '\\':
                return Escape();
            default:
                return Literal(NextRune());
        }
    }

    private Re2Node Escape()
    {
        var next = _at + 1 < _pattern.Length ? _pattern[_at + 1] : '\0';
        Re2NodeKind? assertion = next switch
        {
            'A' => Re2NodeKind.TextStart,
            'z' => Re2NodeKind.TextEnd,
            'b' => Re2NodeKind.WordBoundary,
            'B' => Re2NodeKind.NoWordBoundary,
            _ => null,
        };
        if (assertion is { } kind)
        {
            _at += 2;
            return new(kind);
        }

        return _classes.TryNamed(ref _at, _flags, out var set) ? Re2Node.Of(set) : Literal(_classes.Escape(ref _at));
    }

    private Re2Node Literal(int codePoint)
    {
        var set = CodePointSet.Of(codePoint);
        return Re2Node.Of(_flags.HasFlag(Re2Flags.IgnoreCase) ? CaseFolding.Fold(set) : set);
    }

    private int NextRune()
    {
        Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out var rune, out var length);
        _at += length;
        return rune.Value;
    }

    private bool TryTake(char c)
    {
        if (_at >= _pattern.Length || _pattern[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }
}
