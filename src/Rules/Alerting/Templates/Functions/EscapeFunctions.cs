using System.Globalization;
using System.Text;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Printing;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Functions;

/// <summary>Texts made fit for other texts: for HTML, for JavaScript, for URLs.</summary>
internal static class EscapeFunctions
{
    public static IEnumerable<TemplateFunction> All =>
    [
        new("html", [null], static (_, a) => new TextValue(Html(Joined(a)))) { IsVariadic = true },
        new("js", [null], static (_, a) => new TextValue(JavaScript(Joined(a)))) { IsVariadic = true },
        new("urlquery", [null], static (_, a) => new TextValue(Query(Joined(a)))) { IsVariadic = true },
        new("urlQueryEscape", [TemplateFunction.Text], static (_, a) => new TextValue(Query(((TextValue)a[0]!).Value))),
        new("safeHtml", [TemplateFunction.Text], static (_, a) => (TextValue)a[0]! with { Type = "template.HTML" }),
    ];

    /// <summary>The text as one part of a URL's query; blanks become plus signs.</summary>
    public static string Query(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private static string Joined(TemplateValue?[] arguments) =>
        GoFormat.Print(Array.ConvertAll(arguments, static a => a is null or SampleValue ? new TextValue(ValuePrinter.Show(a)) : a));

    private static string Html(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            _ = c switch
            {
                '\0' => escaped.Append('\uFFFD'),
                '"' => escaped.Append("&#34;"),
                '\'' => escaped.Append("&#39;"),
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    private static string JavaScript(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is '\\' or '\'' or '"')
            {
                escaped.Append('\\').Append((char)rune.Value);
            }
            else if (rune.Value is < ' ' or '<' or '>' or '&' or '=' || (rune.Value >= 0x80 && !IsPrintable(rune)))
            {
                escaped.Append("\\u").Append(rune.Value.ToString("X4", CultureInfo.InvariantCulture));
            }
            else
            {
                escaped.Append(rune.ToString());
            }
        }

        return escaped.ToString();
    }

    private static bool IsPrintable(Rune rune) => Model.GoQuote.DescribeRune(rune.Value).EndsWith('\'');
}
