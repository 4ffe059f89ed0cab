using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Gateway.Sampling;

/// <summary>One group as it was last sampled, with its series: as long as the group does not change, a sample is only appends.</summary>
internal sealed class SampledGroup
{
    private SeriesSlots[] _families = [];
    private GroupTimes? _times;
    private double _push;
    private double _failure;

    /// <summary>Takes over the group's new state; null where it went.</summary>
    public void Change(MetricGroup? group, SeriesChanges changes)
    {
        var families = group is null ? [] : new SeriesSlots[group.Families.Count];
        for (var i = 0; i < families.Length; i++)
        {
            families[i] = Take(group!.Families[i].Family);
        }

        foreach (var slots in _families)
        {
            if (Array.IndexOf(families, slots) < 0)
            {
                changes.Note(slots, null);
            }
        }

        foreach (var slots in families)
        {
            if (Array.IndexOf(_families, slots) < 0)
            {
                changes.Note(null, slots);
            }
        }

        _families = families;
        TakeTimes(group, changes);
    }

    /// <summary>Appends one sample for each series; returns how many samples there were.</summary>
    public int Append(IAppender appender, long time)
    {
        var samples = _times?.Count ?? 0;
        foreach (var slots in _families)
        {
            slots.Append(appender, time);
            samples += slots.Count;
        }

        _times?.AppendPush(appender, time, _push);
        _times?.AppendFailure(appender, time, _failure);
        return samples;
    }

    private void TakeTimes(MetricGroup? group, SeriesChanges changes)
    {
        if (group is null)
        {
            changes.Note(_times, null);
            _times = null;
            return;
        }

        if (_times is null)
        {
            _times = new GroupTimes(group.Key, SlotNames.Plain);
            changes.Note(null, _times);
        }

        (_push, _failure) = (group.Push.Seconds, group.Failure.Seconds);
    }

    private SeriesSlots Take(MetricFamily family)
    {
        foreach (var slots in _families)
        {
            if (slots.Name == family.Name)
            {
                return slots.TryTake(family) ? slots : SeriesSlots.Of(family, SlotNames.Plain);
            }
        }

        return SeriesSlots.Of(family, SlotNames.Plain);
    }
}
