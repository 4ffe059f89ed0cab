using Tallygate.Gateway.Folds;
using Tallygate.Model;

namespace Tallygate.Gateway.Expiry;

/// <summary>
/// Finds the groups whose time may be over. It only asks: the judge looks again, against the state that all earlier pushes leave, and what it
/// decides enters the log. A step function of the time; belongs to one thread.
/// </summary>
internal sealed class GroupExpirer(LatestGroups groups)
{
    /// <summary>How many groups expire in one entry's batch; the others follow with the next step.</summary>
    public const int AtOnce = 1000;

    private const long LeastIntervalMs = 1000;
    private const long MostIntervalMs = 10_000;
    private const int GroupsPerMs = 20;

    private long _next = long.MinValue;

    /// <summary>The groups that are due.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public IReadOnlyList<Labels> Due(GatewaySettings settings, long now)
    {
        if (!groups.HaveLives && settings.TimeToLive == TimeSpan.Zero && settings.Groups.Count == 0)
        {
            return [];
        }

        // A clock that was set back looks at once.
        if (now < _next && now > _next - MostIntervalMs)
        {
            return [];
        }

        var view = groups.View;
        var due = new List<Labels>();
        foreach (var group in view.All())
        {
            if (GroupLife.EndUnixNano(group, settings) is { } end && end <= now * 1_000_000)
            {
                due.Add(group.Key);
                if (due.Count == AtOnce)
                {
                    return due;
                }
            }
        }

        // Looking at all groups takes its time; the more there are, the more seldom.
        _next = now + Math.Clamp(view.Count / GroupsPerMs, LeastIntervalMs, MostIntervalMs);
        return due;
    }
}
