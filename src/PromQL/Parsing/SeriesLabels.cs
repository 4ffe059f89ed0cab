using Tallygate.Model;

namespace Tallygate.PromQL.Parsing;

/// <summary>Parses the labels of one series, which may also be none at all.</summary>
internal static class SeriesLabels
{
    /// <summary>The labels; null after an error.</summary>
    public static Labels? Parse(TokenStream tokens)
    {
        var builder = new LabelsBuilder();
        string? name = null;
        if (tokens.Kind.IsMetricName())
        {
            name = tokens.Written(tokens.Current).ToString();
            tokens.Advance();
        }

        if (tokens.Kind == TokenKind.LeftBrace)
        {
            if (LabelListParser.Labels(tokens) is not { } labels)
            {
                return null;
            }

            foreach (var label in labels)
            {
                builder.Set(label.Name, label.Value);
            }
        }

        return (name is null ? builder : builder.Set(Labels.MetricName, name)).ToLabels();
    }
}
