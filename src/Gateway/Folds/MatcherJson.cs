using System.Text.Json;
using Tallygate.Model;

namespace Tallygate.Gateway.Folds;

/// <summary>Matchers in the bodies of entries: <c>[["job","=","nightly"]]</c>.</summary>
internal static class MatcherJson
{
    public static void Write(Utf8JsonWriter json, IEnumerable<LabelMatcher> matchers)
    {
        json.WriteStartArray();
        foreach (var matcher in matchers)
        {
            json.WriteStartArray();
            json.WriteStringValue(matcher.Name);
            json.WriteStringValue(SignOf(matcher.Type));
            json.WriteStringValue(matcher.Value);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; throws as the parts of <see cref="JsonDocument"/> do, and for patterns that are none.</summary>
    public static LabelMatcher[] Read(JsonElement json) => [.. json.EnumerateArray().Select(Matcher)];

    private static LabelMatcher Matcher(JsonElement json) => new(
        json[1].GetString() switch { "=" => Model.MatchType.Equal, "!=" => Model.MatchType.NotEqual, "=~" => Model.MatchType.Regexp, _ => Model.MatchType.NotRegexp },
        json[0].GetString()!,
        json[2].GetString()!);

    private static string SignOf(Model.MatchType type) => type switch
    {
        Model.MatchType.Equal => "=",
        Model.MatchType.NotEqual => "!=",
        Model.MatchType.Regexp => "=~",
        _ => "!~",
    };
}
