using Tallygate.Model;
using Tallygate.PromQL.Ast;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.PromQL.Parsing;

/// <summary>Parses what stands in braces (conditions, or the labels of one series) and the label lists of <c>by (…)</c> and its like.</summary>
internal static class LabelListParser
{
    /// <summary>Parses <c>{a="b", …}</c>; null after an error that ends the parsing.</summary>
    public static List<LabelMatcher>? Matchers(TokenStream tokens, out int end)
    {
        end = 0;
        tokens.Advance();
        var matchers = new List<LabelMatcher>();
        while (tokens.Kind != TokenKind.RightBrace)
        {
            if (!TryMatcher(tokens, matchers))
            {
                return null;
            }

            if (tokens.Kind != TokenKind.RightBrace && !tokens.TryAdvance(TokenKind.Comma))
            {
                tokens.Unexpected("label matching", "\",\" or \"}\"");
                return null;
            }
        }

        end = tokens.Advance().End;
        return matchers;
    }

    /// <summary>Parses <c>{a="b", …}</c> as the labels of a series; null after an error that ends the parsing.</summary>
    public static List<Label>? Labels(TokenStream tokens)
    {
        tokens.Advance();
        var labels = new List<Label>();
        while (tokens.Kind != TokenKind.RightBrace)
        {
            if (!TryLabel(tokens, labels))
            {
                return null;
            }

            if (tokens.Kind != TokenKind.RightBrace && !tokens.TryAdvance(TokenKind.Comma))
            {
                tokens.Unexpected("label set", "\",\" or \"}\"");
                return null;
            }
        }

        tokens.Advance();
        return labels;
    }

    /// <summary>Parses <c>(a, "b", …)</c>; null after an error that ends the parsing.</summary>
    public static List<string>? Grouping(TokenStream tokens)
    {
        if (!tokens.TryAdvance(TokenKind.LeftParen))
        {
            tokens.Unexpected("grouping opts", "\"(\"");
            return null;
        }

        var labels = new List<string>();
        while (tokens.Kind != TokenKind.RightParen)
        {
            string label;
            if (tokens.Kind == TokenKind.String)
            {
                label = Literals.Unquote(tokens.Written(tokens.Current));
            }
            else if (tokens.Kind.IsLabelName())
            {
                label = tokens.Written(tokens.Current).ToString();
            }
            else
            {
                tokens.Unexpected("grouping opts", "label");
                return null;
            }

            if (!NameValidation.IsUtf8Name(label))
            {
                tokens.AddError(tokens.Bytes(tokens.Current), "invalid label name for grouping: " + GoQuote.Quote(label));
            }

            labels.Add(label);
            tokens.Advance();
            if (tokens.Kind != TokenKind.RightParen && !tokens.TryAdvance(TokenKind.Comma))
            {
                tokens.Unexpected("grouping opts", "\",\" or \")\"");
                return null;
            }
        }

        tokens.Advance();
        return labels;
    }

    private static bool TryMatcher(TokenStream tokens, List<LabelMatcher> matchers)
    {
        if (tokens.Kind is not (TokenKind.Identifier or TokenKind.String))
        {
            tokens.Unexpected("label matching", "identifier or \"}\"");
            return false;
        }

        var name = tokens.Advance();
        var written = tokens.Written(name);
        var nameText = name.Kind == TokenKind.String ? Literals.Unquote(written) : written.ToString();
        MatchType type;
        switch (tokens.Kind)
        {
            case TokenKind.Equal: type = MatchType.Equal; break;
            case TokenKind.NotEqual: type = MatchType.NotEqual; break;
            case TokenKind.EqualRegex: type = MatchType.Regexp; break;
            case TokenKind.NotRegex: type = MatchType.NotRegexp; break;
            case var _ when name.Kind == TokenKind.String:
                matchers.Add(new LabelMatcher(MatchType.Equal, Tallygate.Model.Labels.MetricName, nameText));
                return true;
            default:
                tokens.Unexpected("label matching", "label matching operator");
                return false;
        }

        tokens.Advance();
        if (tokens.Kind != TokenKind.String)
        {
            tokens.Unexpected("label matching", "string");
            return false;
        }

        var value = tokens.Advance();
        try
        {
            matchers.Add(new LabelMatcher(type, nameText, Literals.Unquote(tokens.Written(value))));
        }
        catch (ArgumentException notRe2)
        {
            tokens.AddError(tokens.Bytes(name.Start, value.End), notRe2.Message);
        }

        return true;
    }

    private static bool TryLabel(TokenStream tokens, List<Label> labels)
    {
        if (tokens.Kind is not (TokenKind.Identifier or TokenKind.String))
        {
            tokens.Unexpected("label set", "identifier or \"}\"");
            return false;
        }

        var name = tokens.Advance();
        var written = tokens.Written(name);
        var nameText = name.Kind == TokenKind.String ? Literals.Unquote(written) : written.ToString();
        if (!tokens.TryAdvance(TokenKind.Equal))
        {
            if (name.Kind == TokenKind.String)
            {
                labels.Add(new Label(Tallygate.Model.Labels.MetricName, nameText));
                return true;
            }

            tokens.Unexpected("label set", "\"=\"");
            return false;
        }

        if (tokens.Kind != TokenKind.String)
        {
            tokens.Unexpected("label set", "string");
            return false;
        }

        labels.Add(new Label(nameText, Literals.Unquote(tokens.Written(tokens.Advance()))));
        return true;
    }
}
