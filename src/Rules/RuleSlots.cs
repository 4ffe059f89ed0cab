using System.Text;

namespace Tallygate.Rules;

/// <summary>When a group is evaluated: at k × interval + phase since 1970, in Unix milliseconds. The phase follows from file and name.</summary>
internal readonly struct RuleSlots
{
    private readonly long _interval;
    private readonly long _phase;

    public RuleSlots(RuleGroupDefinition group)
    {
        _interval = Math.Max(1, (long)group.Interval.TotalMilliseconds);
        _phase = group.Phase is { } phase
            ? (long)phase.TotalMilliseconds % _interval
            : (long)(Hash(group.File, group.Name) % (ulong)_interval);
    }

    /// <summary>Milliseconds.</summary>
    public long Interval => _interval;

    /// <summary>The newest slot at or before <paramref name="now"/>.</summary>
    public long AtOrBefore(long now)
    {
        var past = (now - _phase) % _interval;
        return now - (past < 0 ? past + _interval : past);
    }

    // FNV-1a: it must be the same in every process, or a restart would move all groups.
    private static ulong Hash(string file, string name)
    {
        unchecked
        {
            var hash = 14695981039346656037UL;
            foreach (var octet in Encoding.UTF8.GetBytes(file + '\xff' + name))
            {
                hash = (hash ^ octet) * 1099511628211UL;
            }

            // The low bits of the sum alone spread badly over round intervals.
            return (hash ^ (hash >> 32)) & long.MaxValue;
        }
    }
}
