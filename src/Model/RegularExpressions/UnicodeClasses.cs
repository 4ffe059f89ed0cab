using System.Collections.Concurrent;
using System.Globalization;

namespace Tallygate.Model.RegularExpressions;

/// <summary>The classes of <c>\p{…}</c>: general categories by their short names, and scripts.</summary>
internal static class UnicodeClasses
{
    private static readonly ConcurrentDictionary<string, CodePointSet> Cache = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, UnicodeCategory> Categories = new(StringComparer.Ordinal)
    {
        ["Lu"] = UnicodeCategory.UppercaseLetter,
        ["Ll"] = UnicodeCategory.LowercaseLetter,
        ["Lt"] = UnicodeCategory.TitlecaseLetter,
        ["Lm"] = UnicodeCategory.ModifierLetter,
        ["Lo"] = UnicodeCategory.OtherLetter,
        ["Mn"] = UnicodeCategory.NonSpacingMark,
        ["Mc"] = UnicodeCategory.SpacingCombiningMark,
        ["Me"] = UnicodeCategory.EnclosingMark,
        ["Nd"] = UnicodeCategory.DecimalDigitNumber,
        ["Nl"] = UnicodeCategory.LetterNumber,
        ["No"] = UnicodeCategory.OtherNumber,
        ["Zs"] = UnicodeCategory.SpaceSeparator,
        ["Zl"] = UnicodeCategory.LineSeparator,
        ["Zp"] = UnicodeCategory.ParagraphSeparator,
        ["Cc"] = UnicodeCategory.Control,
        ["Cf"] = UnicodeCategory.Format,
        ["Cs"] = UnicodeCategory.Surrogate,
        ["Co"] = UnicodeCategory.PrivateUse,
        ["Pc"] = UnicodeCategory.ConnectorPunctuation,
        ["Pd"] = UnicodeCategory.DashPunctuation,
        ["Ps"] = UnicodeCategory.OpenPunctuation,
        ["Pe"] = UnicodeCategory.ClosePunctuation,
        ["Pi"] = UnicodeCategory.InitialQuotePunctuation,
        ["Pf"] = UnicodeCategory.FinalQuotePunctuation,
        ["Po"] = UnicodeCategory.OtherPunctuation,
        ["Sm"] = UnicodeCategory.MathSymbol,
        ["Sc"] = UnicodeCategory.CurrencySymbol,
        ["Sk"] = UnicodeCategory.ModifierSymbol,
        ["So"] = UnicodeCategory.OtherSymbol,
    };

    /// <summary>The class called <paramref name="name"/>; null where there is none. Classes are worked out when first asked for.</summary>
    public static CodePointSet? Find(string name)
    {
        if (name == "Any")
        {
            return CodePointSet.All;
        }

        var known = name.Length == 1 ? Categories.Keys.Any(k => k[0] == name[0]) : Categories.ContainsKey(name);
        if (known)
        {
            return Cache.GetOrAdd(name, static n => OfCategories(n));
        }

        return UnicodeScripts.Find(name);
    }

    private static CodePointSet OfCategories(string name)
    {
        var wanted = Categories.Where(c => c.Key.StartsWith(name, StringComparison.Ordinal)).Select(c => c.Value).ToHashSet();
        var ranges = new List<(int, int)>();
        var start = -1;
        for (var c = 0; c <= CodePointSet.Highest + 1; c++)
        {
            var member = c <= CodePointSet.Highest && wanted.Contains(CharUnicodeInfo.GetUnicodeCategory(c));
            if (member && start < 0)
            {
                start = c;
            }
            else if (!member && start >= 0)
            {
                ranges.Add((start, c - 1));
                start = -1;
            }
        }

        return CodePointSet.Of(ranges);
    }
}
