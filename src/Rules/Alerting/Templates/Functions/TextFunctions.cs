using System.Text;
using Tallygate.Model.RegularExpressions;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Printing;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Functions;

/// <summary>Case, and regular expressions.</summary>
internal static class TextFunctions
{
    public static IEnumerable<TemplateFunction> All =>
    [
        new("title", [TemplateFunction.Text], static (_, a) => new TextValue(Title(Text(a, 0)))),
        new("toUpper", [TemplateFunction.Text], static (_, a) => new TextValue(Text(a, 0).ToUpperInvariant())),
        new("toLower", [TemplateFunction.Text], static (_, a) => new TextValue(Text(a, 0).ToLowerInvariant())),
        new("match", [TemplateFunction.Text, TemplateFunction.Text], static (_, a) =>
            new BoolValue(Pattern(Text(a, 0), "").IsMatch(Text(a, 1)))),
        new("reReplaceAll", [TemplateFunction.Text, TemplateFunction.Text, TemplateFunction.Text], static (_, a) =>
            new TextValue(Pattern(Text(a, 0), $"regexp: Compile({GoFormat.PrintFormat("%#q", [a[0]])}): ")
                .ReplaceAll(Text(a, 2), Text(a, 1)))),
    ];

    private static string Text(TemplateValue?[] arguments, int at) => ((TextValue)arguments[at]!).Value;

    private static Re2Pattern Pattern(string pattern, string complaint)
    {
        try
        {
            return Re2Pattern.Unanchored(pattern);
        }
        catch (ArgumentException wrong)
        {
            throw new TemplateFunctionException(complaint + wrong.Message);
        }
    }

    // The first letter of each word becomes large, the others stay; an apostrophe or a dot between letters does not end a word.
    private static string Title(string text)
    {
        var titled = new StringBuilder(text.Length);
        var inWord = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            titled.Append(inWord ? c : char.ToUpperInvariant(c));
            inWord = char.IsLetterOrDigit(c) || char.IsSurrogate(c) || c == '_'
                || (inWord && c is '\'' or '.' or ':' or '’' && i + 1 < text.Length && char.IsLetter(text[i + 1]));
        }

        return titled.ToString();
    }
}
