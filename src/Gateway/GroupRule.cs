using Tallygate.Model;

namespace Tallygate.Gateway;

/// <summary>What holds for the groups that a selector of grouping labels picks. Immutable.</summary>
public sealed class GroupRule
{
    /// <summary>All conditions on the grouping labels.</summary>
    public required IReadOnlyList<LabelMatcher> Matchers { get; init; }

    /// <summary>How long values last if no other push comes; zero: for ever.</summary>
    public required TimeSpan TimeToLive { get; init; }

    /// <summary>Whether a group is picked.</summary>
    public bool Picks(Labels group)
    {
        foreach (var matcher in Matchers)
        {
            if (!matcher.Matches(group))
            {
                return false;
            }
        }

        return true;
    }
}
