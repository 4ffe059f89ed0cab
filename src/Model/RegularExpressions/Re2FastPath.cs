using System.Collections.Frozen;
using System.Text;

namespace Tallygate.Model.RegularExpressions;

/// <summary>
/// Matches whole texts against the patterns that most matchers have, without a regex engine: literals and alternations of them, with
/// anything (or anything but nothing) before and after.
/// </summary>
internal sealed class Re2FastPath
{
    private const int MostLiterals = 4096;

    private readonly FrozenSet<string>? _literals;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
    private readonly string[] _parts = [];
    private readonly int _leastBefore;
    private readonly int _leastAfter;

    private Re2FastPath(IReadOnlyList<string> literals)
    {
        _literals = literals.ToFrozenSet(StringComparer.Ordinal);
        _bySpan = _literals.GetAlternateLookup<ReadOnlySpan<char>>();
        Literals = literals;
    }

    private Re2FastPath(string[] parts, int leastBefore, int leastAfter)
    {
        _parts = parts;
        (_leastBefore, _leastAfter) = (leastBefore, leastAfter);
        Prefix = leastBefore < 0 && parts.Length == 1 ? parts[0] : "";
    }

    /// <summary>The only texts that match, where they are few; otherwise null.</summary>
    public IReadOnlyList<string>? Literals { get; }

    /// <summary>What each matching text begins with.</summary>
    public string Prefix { get; } = "";

    /// <summary>The fast path for a pattern that must match a whole text; null where there is none.</summary>
    public static Re2FastPath? For(Re2Node node)
    {
        if (LiteralsOf(node) is { } literals)
        {
            return new Re2FastPath([.. literals.Distinct()]);
        }

        // [anything] literals [anything]
        var parts = node.Kind == Re2NodeKind.Sequence ? Flatten(node) : [Unwrap(node)];
        var before = parts.Count > 0 ? AnythingAtLeast(parts[0]) : -1;
        var after = parts.Count > 1 ? AnythingAtLeast(parts[^1]) : -1;
        if (before < 0 && after < 0)
        {
            return null;
        }

        var inner = parts.GetRange(before < 0 ? 0 : 1, parts.Count - (before < 0 ? 0 : 1) - (after < 0 ? 0 : 1));
        return LiteralsOf(Re2Node.Sequence(inner)) is { Count: <= 16 } middle ? new Re2FastPath([.. middle.Distinct()], before, after) : null;
    }

    public bool IsMatch(ReadOnlySpan<char> text)
    {
        if (_literals is not null)
        {
            return _bySpan.Contains(text);
        }

        foreach (var part in _parts)
        {
            if (Matches(text, part))
            {
                return true;
            }
        }

        return false;
    }

    private bool Matches(ReadOnlySpan<char> text, string part)
    {
        if (_leastBefore < 0)
        {
            return text.StartsWith(part) && text.Length >= part.Length + _leastAfter;
        }

        if (_leastAfter < 0)
        {
            return text.EndsWith(part) && text.Length >= part.Length + _leastBefore;
        }

        return text.Length >= _leastBefore + part.Length + _leastAfter
            && text[_leastBefore..(text.Length - _leastAfter)].IndexOf(part) >= 0;
    }

    /// <summary>0 for <c>.*</c>, 1 for <c>.+</c>, where the dot matches everything; -1 for all else.</summary>
    private static int AnythingAtLeast(Re2Node node) =>
        node is { Kind: Re2NodeKind.Repetition, Max: -1, Min: 0 or 1, Inner: { Kind: Re2NodeKind.Set, Set: var set } }
        && set!.ContainsAll(0, CodePointSet.Highest)
            ? node.Min
            : -1;

    private static Re2Node Unwrap(Re2Node node) => node.Kind == Re2NodeKind.Capture ? Unwrap(node.Inner) : node;

    private static List<Re2Node> Flatten(Re2Node node) =>
        [.. node.Parts.Select(Unwrap).SelectMany(p => p.Kind == Re2NodeKind.Sequence ? Flatten(p) : [p])];

    /// <summary>All texts that the node matches, where they are few.</summary>
    private static List<string>? LiteralsOf(Re2Node node)
    {
        switch (node.Kind)
        {
            case Re2NodeKind.Empty:
                return [""];
            case Re2NodeKind.Capture:
                return LiteralsOf(node.Inner);
            case Re2NodeKind.Set:
                return OfSet(node.Set!);
            case Re2NodeKind.Repetition when node is { Min: 0, Max: 1 }:
                return LiteralsOf(node.Inner) is { } once ? [.. once, ""] : null;
            case Re2NodeKind.Alternation:
                var union = new List<string>();
                foreach (var part in node.Parts)
                {
                    if (LiteralsOf(part) is not { } some || union.Count + some.Count > MostLiterals)
                    {
                        return null;
                    }

                    union.AddRange(some);
                }

                return union;
            case Re2NodeKind.Sequence:
                return OfSequence(node.Parts);
            default:
                return null;
        }
    }

    private static List<string>? OfSet(CodePointSet set)
    {
        if (set.Contains(0xFFFD) || set.Ranges.Sum(r => (long)r.High - r.Low + 1) > 16)
        {
            return null;
        }

        return [.. set.Ranges.SelectMany(r => Enumerable.Range(r.Low, r.High - r.Low + 1)).Where(Rune.IsValid).Select(c => new Rune(c).ToString())];
    }

    private static List<string>? OfSequence(IReadOnlyList<Re2Node> parts)
    {
        var product = new List<string> { "" };
        var pending = new StringBuilder();
        foreach (var part in parts)
        {
            if (part is { Kind: Re2NodeKind.Set, Set.Single: >= 0 and not 0xFFFD } && Rune.IsValid(part.Set.Single))
            {
                pending.Append(new Rune(part.Set.Single).ToString());
                continue;
            }

            if (LiteralsOf(part) is not { } next || product.Count * next.Count > MostLiterals)
            {
                return null;
            }

            var joint = pending.ToString();
            pending.Clear();
            product = [.. product.SelectMany(head => next.Select(tail => head + joint + tail))];
        }

        var rest = pending.ToString();
        return rest.Length == 0 ? product : product.ConvertAll(head => head + rest);
    }
}
