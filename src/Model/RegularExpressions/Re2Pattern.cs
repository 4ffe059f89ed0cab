using System.Text.RegularExpressions;

namespace Tallygate.Model.RegularExpressions;

/// <summary>
/// A user's regular expression in RE2's language: the one place through which matchers, relabeling, templates and label_replace go.
/// Matching takes time linear in the input and does not depend on the culture. Immutable and thread-safe.
/// </summary>
public sealed class Re2Pattern
{
    private readonly Regex _regex;

    private Re2Pattern(Regex regex) => _regex = regex;

    /// <summary>Compiles <paramref name="pattern"/> so that it must match a whole text; the dot matches newlines too, as in Prometheus 3.</summary>
    /// <exception cref="ArgumentException">The pattern is not RE2; the message says why.</exception>
    public static Re2Pattern Anchored(string pattern) => new(new Regex(
        @"\A(?s:" + pattern + @")\z",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    /// <summary>Whether the pattern matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> text) => _regex.IsMatch(text);
}
