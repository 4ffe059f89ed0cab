using Tallygate.Gateway.Folds;

namespace Tallygate.Gateway.Expiry;

/// <summary>How long the values of groups last: as their last push says, else as the first rule says that picks them, else the default.</summary>
public static class GroupLife
{
    /// <summary>How long the group's values last after its last push; null: for ever.</summary>
    public static TimeSpan? Of(MetricGroup group, GatewaySettings settings)
    {
        if (group.LifeMs >= 0)
        {
            return group.LifeMs == 0 ? null : TimeSpan.FromMilliseconds(group.LifeMs);
        }

        var life = settings.TimeToLive;
        foreach (var rule in settings.Groups)
        {
            if (rule.Picks(group.Key))
            {
                life = rule.TimeToLive;
                break;
            }
        }

        return life == TimeSpan.Zero ? null : life;
    }

    /// <summary>When the group's values go, Unix nanoseconds; null where they stay for ever or where there are none.</summary>
    public static long? EndUnixNano(MetricGroup group, GatewaySettings settings)
    {
        if (group.FamiliesSpan.Length == 0 || Of(group, settings) is not { } life)
        {
            return null;
        }

        var nano = (decimal)life.Ticks * TimeSpan.NanosecondsPerTick + group.Push.UnixNano;
        return nano > long.MaxValue ? null : (long)nano;
    }
}
