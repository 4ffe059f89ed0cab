using System.Globalization;

namespace Tallygate.Exposition;

/// <summary>One clause of an Accept header: a media range, its parameters, and how much it is wanted.</summary>
internal sealed class MediaRange
{
    private readonly Dictionary<string, string> _parameters = [];

    private MediaRange(string type, string subtype)
    {
        Type = type;
        Subtype = subtype;
    }

    public string Type { get; }

    public string Subtype { get; }

    public double Quality { get; private set; } = 1;

    /// <summary>The value of a parameter, or the empty string.</summary>
    public string this[string parameter] => _parameters.GetValueOrDefault(parameter, "");

    /// <summary>The clauses of <paramref name="accept"/>, the most wanted and then the more specific first; what is no clause is left out.</summary>
    public static List<MediaRange> Parse(string accept)
    {
        var ranges = new List<MediaRange>();
        foreach (var clause in accept.Split(','))
        {
            if (ParseClause(clause) is { } range)
            {
                ranges.Add(range);
            }
        }

        // A stable sort: among equals the header's order counts.
        return [.. ranges.OrderByDescending(r => r.Quality).ThenBy(r => r.Type == "*").ThenBy(r => r.Subtype == "*")];
    }

    private static MediaRange? ParseClause(string clause)
    {
        var parts = clause.Split(';');
        var type = parts[0].Trim().Split('/');
        if (type.Length == 1 && type[0] == "*")
        {
            type = ["*", "*"];
        }

        if (type.Length != 2)
        {
            return null;
        }

        var range = new MediaRange(type[0].Trim(), type[1].Trim());
        foreach (var part in parts.AsSpan(1))
        {
            var equals = part.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            var name = part[..equals].Trim();
            var value = part[(equals + 1)..].Trim();
            if (name == "q")
            {
                range.Quality = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var q) ? q : 0;
            }
            else
            {
                range._parameters[name] = value;
            }
        }

        return range;
    }
}
