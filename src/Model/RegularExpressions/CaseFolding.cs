using System.Text;

namespace Tallygate.Model.RegularExpressions;

/// <summary>Which code points differ in case only, by Unicode's simple mappings: <c>k</c>, <c>K</c> and the Kelvin sign, for one.</summary>
internal static class CaseFolding
{
    private static readonly Lazy<Dictionary<int, int[]>> Orbits = new(Build);

    /// <summary>The set with all that differs from its members in case only.</summary>
    public static CodePointSet Fold(CodePointSet set)
    {
        var ranges = new List<(int, int)>(set.Ranges);
        if (set.Single is >= 0 and var single)
        {
            if (Orbits.Value.TryGetValue(single, out var orbit))
            {
                ranges.AddRange(orbit.Select(c => (c, c)));
            }
        }
        else
        {
            foreach (var (codePoint, orbit) in Orbits.Value)
            {
                if (set.Contains(codePoint))
                {
                    ranges.AddRange(orbit.Select(c => (c, c)));
                }
            }
        }

        return CodePointSet.Of(ranges);
    }

    private static Dictionary<int, int[]> Build()
    {
        var groups = new Dictionary<int, List<int>>();
        for (var c = 0; c <= 0x1FFFF; c++)
        {
            if (!Rune.IsValid(c))
            {
                continue;
            }

            var rune = new Rune(c);
            var upper = Rune.ToUpperInvariant(rune);
            var key = Rune.ToLowerInvariant(upper).Value;
            if (key == c && upper == rune)
            {
                continue;
            }

            // Both ends join the group of the lower-case form.
            Join(groups, key, c);
            Join(groups, key, upper.Value);
            Join(groups, key, key);
        }

        var orbits = new Dictionary<int, int[]>();
        foreach (var group in groups.Values)
        {
            var members = group.ToArray();
            foreach (var member in members)
            {
                orbits[member] = members;
            }
        }

        return orbits;
    }

    private static void Join(Dictionary<int, List<int>> groups, int key, int member)
    {
        if (!groups.TryGetValue(key, out var group))
        {
            groups.Add(key, group = []);
        }

        if (!group.Contains(member))
        {
            group.Add(member);
        }
    }
}
