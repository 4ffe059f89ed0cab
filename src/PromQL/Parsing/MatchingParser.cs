using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Parsing;

/// <summary>Parses <c>on (…)</c>, <c>ignoring (…)</c>, <c>group_left (…)</c>, <c>fill (…)</c> and their like.</summary>
internal sealed class MatchingParser(TokenStream tokens, ParserOptions options)
{
    private readonly DurationParser _durations = new(tokens, options);

    /// <summary>
    /// Parses what stands between a binary operator and its right side; null after an error, which is yet to be reported where
    /// <paramref name="reported"/> is false.
    /// </summary>
    public VectorMatching? Parse(out bool reported)
    {
        reported = true;
        var matching = ModifierApplier.PlainMatching;
        if (tokens.Kind is TokenKind.On or TokenKind.Ignoring)
        {
            var on = tokens.Advance().Kind == TokenKind.On;
            if (LabelListParser.Grouping(tokens) is not { } labels)
            {
                return null;
            }

            matching = matching with { On = on, Labels = labels };
            if (tokens.Kind is TokenKind.GroupLeft or TokenKind.GroupRight)
            {
                var cardinality = tokens.Advance().Kind == TokenKind.GroupLeft ? MatchCardinality.ManyToOne : MatchCardinality.OneToMany;
                var include = tokens.Kind == TokenKind.LeftParen ? LabelListParser.Grouping(tokens) : [];
                if (include is null)
                {
                    return null;
                }

                matching = matching with { Cardinality = cardinality, Include = include };
            }
        }

        for (var fills = 0; fills < 2 && tokens.Kind is TokenKind.Fill or TokenKind.FillLeft or TokenKind.FillRight; fills++)
        {
            var both = tokens.Kind == TokenKind.Fill;
            var leftSide = both || tokens.Kind == TokenKind.FillLeft;
            var rightSide = both || tokens.Kind == TokenKind.FillRight;
            if ((leftSide && matching.FillLeft is not null) || (rightSide && matching.FillRight is not null))
            {
                break;
            }

            tokens.Advance();
            if (FillValue() is not { } value)
            {
                reported = false;
                return null;
            }

            matching = matching with
            {
                FillLeft = leftSide ? value : matching.FillLeft,
                FillRight = rightSide ? value : matching.FillRight,
            };
        }

        return matching;
    }

    private double? FillValue()
    {
        tokens.Advance();
        var negative = tokens.Kind == TokenKind.Subtract;
        if (negative || tokens.Kind == TokenKind.Add)
        {
            tokens.Advance();
        }

        if (tokens.Kind is not (TokenKind.Number or TokenKind.Duration))
        {
            return null;
        }

        var value = _durations.Literal().Value;
        if (!tokens.TryAdvance(TokenKind.RightParen))
        {
            return null;
        }

        return negative ? -value : value;
    }
}
