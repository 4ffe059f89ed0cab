using System.Diagnostics.CodeAnalysis;

namespace Tallygate.Rules.Alerting;

/// <summary>The text of a label or an annotation of an alerting rule. Immutable and thread-safe.</summary>
internal sealed class TemplateText
{
    private readonly string _literal;

    private TemplateText(string literal) => _literal = literal;

    /// <summary>Takes a text, or says why it cannot be taken.</summary>
    public static bool TryParse(string source, [NotNullWhen(true)] out TemplateText? text, [NotNullWhen(false)] out string? problem)
    {
        var hasAction = source.Contains("{{", StringComparison.Ordinal);
        problem = hasAction ? "templates with {{ }} in labels and annotations are not supported yet" : null;
        text = hasAction ? null : new TemplateText(source);
        return !hasAction;
    }

    /// <summary>The text for one alert.</summary>
    public string Expand(TemplateContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return _literal;
    }
}
