using System.Diagnostics.CodeAnalysis;
using System.Text;
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

    /// <summary>
    /// Where the pattern matches, fills <paramref name="template"/> with the groups as Go's <c>Regexp.Expand</c> does: <c>$1</c>,
    /// <c>$name</c> (as long as can be), <c>${name}</c>, <c>$$</c> for a dollar sign; a group that is not there or took no part is empty.
    /// </summary>
    public bool TryExpand(string text, string template, [NotNullWhen(true)] out string? expanded)
    {
        var match = _regex.Match(text);
        expanded = match.Success ? Expand(match, template) : null;
        return match.Success;
    }

    private static string Expand(Match match, string template)
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

            result.Append(match.Groups[rest[from..to].ToString()].ValueSpan);
            rest = rest[(braced ? to + 1 : to)..];
        }

        return result.Append(rest).ToString();
    }
}
