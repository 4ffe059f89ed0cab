using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tallygate.Model.RegularExpressions;

/// <summary>
/// A user's regular expression in RE2's language: the one place through which matchers, relabeling, templates and label_replace go.
/// Matching takes time linear in the input and does not depend on the culture. Immutable and thread-safe.
/// </summary>
/// <remarks>A byte of the text that is not UTF-8 (see <see cref="ByteText"/>) matches what U+FFFD matches, as in Go. Word boundaries
/// see letters beyond ASCII as parts of words, which RE2 does not.</remarks>
public sealed class Re2Pattern
{
    /// <summary>Building an engine takes a fraction of a millisecond and half a megabyte: a few recent ones are kept, no more.</summary>
    private const int MostKept = 64;

    private static readonly ConcurrentDictionary<string, Re2Pattern> Kept = new(StringComparer.Ordinal);

    private readonly Re2FastPath? _fast;
    private readonly string _translated;
    private readonly IReadOnlyDictionary<string, int> _names;
    private Regex? _regex;

    private Re2Pattern(string translated, IReadOnlyDictionary<string, int> names, Re2FastPath? fast)
    {
        _translated = translated;
        _names = names;
        _fast = fast;
        if (fast is null)
        {
            _ = Engine();
        }
    }

    /// <summary>The only texts that match, where they are few and known; otherwise null.</summary>
    public IReadOnlyList<string>? Literals => _fast?.Literals;

    /// <summary>What each matching text begins with, as far as known.</summary>
    public string Prefix => _fast?.Prefix ?? "";

    /// <summary>Compiles <paramref name="pattern"/> so that it must match a whole text; the dot matches newlines too, as in Prometheus 3.</summary>
    /// <exception cref="ArgumentException">The pattern is not RE2; the message says why, as Go does.</exception>
    public static Re2Pattern Anchored(string pattern)
    {
        if (Kept.TryGetValue(pattern, out var kept))
        {
            return kept;
        }

        var node = Re2Parser.Parse(pattern, Re2Flags.DotMatchesNewline, out var names);
        var compiled = new Re2Pattern($@"\A(?:{Re2Emitter.Emit(node)})\z", names, Re2FastPath.For(node));
        if (compiled._fast is null)
        {
            if (Kept.Count >= MostKept)
            {
                Kept.Clear();
            }

            Kept[pattern] = compiled;
        }

        return compiled;
    }

    /// <summary>
    /// Compiles <paramref name="pattern"/> so that it may match anywhere, with the flags of Go's <c>regexp.MustCompile</c>, as templates do.
    /// </summary>
    /// <exception cref="ArgumentException">The pattern is not RE2; the message says why, as Go does.</exception>
    public static Re2Pattern Unanchored(string pattern) =>
        new(Re2Emitter.Emit(Re2Parser.Parse(pattern, Re2Flags.None, out var names)), names, fast: null);

    /// <summary>Whether the pattern matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> text) => _fast is not null ? _fast.IsMatch(text) : Engine().IsMatch(text);

    /// <summary>
    /// Where the pattern matches, fills <paramref name="template"/> with the groups as Go's <c>Regexp.Expand</c> does: <c>$1</c>,
    /// <c>$name</c> (as long as can be), <c>${name}</c>, <c>$$</c> for a dollar sign; a group that is not there or took no part is empty.
    /// </summary>
    public bool TryExpand(string text, string template, [NotNullWhen(true)] out string? expanded)
    {
        expanded = null;
        if (_fast is not null && !_fast.IsMatch(text))
        {
            return false;
        }

        var match = Engine().Match(text);
        expanded = match.Success ? Expand(match, template) : null;
        return match.Success;
    }

    /// <summary>
    /// Replaces each match by <paramref name="template"/>, filled as by <see cref="TryExpand"/>: what templates call <c>reReplaceAll</c>.
    /// An empty match right after another match is none, as in Go.
    /// </summary>
    public string ReplaceAll(string text, string template)
    {
        var end = -1;
        return Engine().Replace(text, match =>
        {
            var counts = match.Length > 0 || match.Index != end;
            end = match.Index + match.Length;
            return counts ? Expand(match, template) : "";
        });
    }

    /// <summary>Whether the pattern matches, by the regex engine alone: what the fast paths are tested against.</summary>
    internal bool IsMatchSlowly(ReadOnlySpan<char> text) => Engine().IsMatch(text);

    private Regex Engine()
    {
        if (_regex is { } made)
        {
            return made;
        }

        try
        {
            // Making it twice does no harm.
            return _regex = new Regex(_translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            throw Re2Parser.Error("expression too large", _translated);
        }
    }

    private string Expand(Match match, string template)
    {
        if (!template.Contains('$'))
        {
            return template;
        }

        var result = new StringBuilder();
        var rest = template.AsSpan();
        for (var at = rest.IndexOf('$'); at >= 0; at = rest.IndexOf('$'))
        {
            result.Append(rest[..at]);
            rest = rest[(at + 1)..];
            if (!rest.IsEmpty && rest[0] == '$')
            {
                result.Append('$');
                rest = rest[1..];
                continue;
            }

            var braced = !rest.IsEmpty && rest[0] == '{';
            var from = braced ? 1 : 0;
            var to = from;
            while (to < rest.Length && (char.IsLetterOrDigit(rest[to]) || rest[to] == '_'))
            {
                to++;
            }

            if (to == from || (braced && (to == rest.Length || rest[to] != '}')))
            {
                // Not a reference: the dollar sign stands for itself.
                result.Append('$');
                continue;
            }

            var name = rest[from..to];
            if (int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || _names.TryGetValue(name.ToString(), out number))
            {
                result.Append(match.Groups[number].ValueSpan);
            }

            rest = rest[(braced ? to + 1 : to)..];
        }

        return result.Append(rest).ToString();
    }
}
