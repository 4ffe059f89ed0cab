using System.Globalization;
using System.Text;

namespace Tallygate.Server.PrometheusApi;

/// <summary>Names escaped for URLs by the scheme "values": <c>U__</c> before it, <c>_2e_</c> for a character, <c>__</c> for an underscore.</summary>
internal static class EscapedName
{
    private const string Prefix = "U__";

    /// <summary>The name as it was before; text that is not escaped, or wrongly, stays as it is.</summary>
    public static string Decode(string name)
    {
        if (!name.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return name;
        }

        var text = new StringBuilder();
        for (var i = Prefix.Length; i < name.Length; i++)
        {
            if (name[i] != '_')
            {
                text.Append(name[i]);
                continue;
            }

            var end = name.IndexOf('_', i + 1);
            if (end < 0)
            {
                return name;
            }

            if (end == i + 1)
            {
                text.Append('_');
            }
            else if (end - i - 1 <= 6 && int.TryParse(name.AsSpan(i + 1, end - i - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
                && Rune.IsValid(code))
            {
                text.Append(new Rune(code).ToString());
            }
            else
            {
                return name;
            }

            i = end;
        }

        return text.ToString();
    }
}
