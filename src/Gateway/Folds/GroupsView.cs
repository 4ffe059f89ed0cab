using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Folds;

/// <summary>All groups as they stood after one entry of the log. Immutable; read without locks.</summary>
/// <remarks>
/// The groups lie in stripes by the hash of their key. A batch copies the stripes that it changes and shares the others, so two views
/// are compared stripe by stripe, by reference.
/// </remarks>
public sealed class GroupsView
{
    /// <summary>No groups.</summary>
    public static readonly GroupsView Empty = new([[]], 0, LogPosition.None);

    private readonly MetricGroup[][] _stripes;

    internal GroupsView(MetricGroup[][] stripes, int count, LogPosition position)
    {
        _stripes = stripes;
        Count = count;
        Position = position;
    }

    /// <summary>How many groups there are.</summary>
    public int Count { get; }

    /// <summary>The last entry of the log that is in the view.</summary>
    public LogPosition Position { get; }

    internal ReadOnlySpan<MetricGroup[]> Stripes => _stripes;

    /// <summary>The group with exactly this key; null where there is none.</summary>
    public MetricGroup? Find(Labels key)
    {
        foreach (var group in _stripes[StripeOf(key, _stripes.Length)])
        {
            if (group.Key.Equals(key))
            {
                return group;
            }
        }

        return null;
    }

    /// <summary>All groups, in no particular order.</summary>
    public IEnumerable<MetricGroup> All()
    {
        foreach (var stripe in _stripes)
        {
            foreach (var group in stripe)
            {
                yield return group;
            }
        }
    }

    /// <summary>All groups in the order of their keys.</summary>
    public IReadOnlyList<MetricGroup> Sorted()
    {
        var groups = All().ToArray();
        Array.Sort(groups, static (a, b) => a.Key.CompareTo(b.Key));
        return groups;
    }

    internal static int StripeOf(Labels key, int stripes) => (int)(key.Hash() & (ulong)(stripes - 1));
}
