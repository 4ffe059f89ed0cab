using System.Globalization;
using Tallygate.Model;

namespace Tallygate.PromQL.Parsing;

/// <summary>Parses the numbers of series notation. False means that the present token is none.</summary>
internal sealed class SeriesNumbers(TokenStream tokens)
{
    public bool TryUnsigned(out double value)
    {
        value = 0;
        if (tokens.Kind != TokenKind.Number)
        {
            return false;
        }

        var place = tokens.Bytes(tokens.Current);
        if (!Literals.TryParseNumber(tokens.Written(tokens.Advance()).ToString(), out value, out var error))
        {
            tokens.AddError(place, "error parsing number: " + error);
        }

        return true;
    }

    public bool TrySigned(out double value)
    {
        var negative = tokens.Kind == TokenKind.Subtract;
        if (negative || tokens.Kind == TokenKind.Add)
        {
            tokens.Advance();
        }

        var found = TryUnsigned(out value);
        value = negative ? -value : value;
        return found;
    }

    /// <summary>A whole number without sign, written in decimal.</summary>
    public bool TryCount(out long value)
    {
        value = 0;
        if (tokens.Kind != TokenKind.Number)
        {
            return false;
        }

        var place = tokens.Bytes(tokens.Current);
        var text = tokens.Written(tokens.Advance()).ToString();
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            var reason = text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax";
            tokens.AddError(place, $"invalid repetition in series values: strconv.ParseUint: parsing {GoQuote.Quote(text)}: {reason}");
        }

        return true;
    }
}
