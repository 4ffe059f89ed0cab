
namespace Tallygate.Gateway.Folds;

/// <summary>What changed from one view of the groups to a later one; it costs what changed, and a glance at each stripe.</summary>
internal static class GroupsDiff
{
    /// <summary>
    /// Calls <paramref name="changed"/> for each group that differs: with the old state and the new one, of which one is null where the
    /// group came
    /// or went.
    /// </summary>
    public static void Between(GroupsView before, GroupsView after, Action<MetricGroup?, MetricGroup?> changed)
    {
        if (ReferenceEquals(before, after))
        {
            return;
        }

        if (before.Stripes.Length != after.Stripes.Length)
        {
            Whole(before, after, changed);
            return;
        }

        for (var i = 0; i < after.Stripes.Length; i++)
        {
            if (!ReferenceEquals(before.Stripes[i], after.Stripes[i]))
            {
                Stripe(before.Stripes[i], after.Stripes[i], changed);
            }
        }
    }

    private static void Stripe(MetricGroup[] before, MetricGroup[] after, Action<MetricGroup?, MetricGroup?> changed)
    {
        foreach (var old in before)
        {
            var now = Array.Find(after, g => g.Key.Equals(old.Key));
            if (!ReferenceEquals(old, now))
            {
                changed(old, now);
            }
        }

        foreach (var now in after)
        {
            if (!Array.Exists(before, g => g.Key.Equals(now.Key)))
            {
                changed(null, now);
            }
        }
    }

    private static void Whole(GroupsView before, GroupsView after, Action<MetricGroup?, MetricGroup?> changed)
    {
        foreach (var old in before.All())
        {
            var now = after.Find(old.Key);
            if (!ReferenceEquals(old, now))
            {
                changed(old, now);
            }
        }

        foreach (var now in after.All())
        {
            if (before.Find(now.Key) is null)
            {
                changed(null, now);
            }
        }
    }
}
