using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Gateway.Sampling;

/// <summary>One group as it was last sampled, with its series: as long as the group does not change, a sample is only appends.</summary>
internal sealed class SampledGroup
{
    private (MetricFamily Family, SeriesSlots Slots)[] _families = [];

    /// <summary>Takes over the group's new state; null where it went.</summary>
    public void Change(MetricGroup? group, SeriesChanges changes)
    {
        var families = group is null ? [] : new (MetricFamily Family, SeriesSlots Slots)[group.Families.Count + 2];
        if (group is not null)
        {
            for (var i = 0; i < group.Families.Count; i++)
            {
                families[i] = Take(group.Families[i].Family);
            }

            families[^2] = Take(group.PushTime.Family);
            families[^1] = Take(group.PushFailureTime.Family);
        }

        foreach (var (family, slots) in _families)
        {
            if (!Array.Exists(families, f => ReferenceEquals(f.Slots, slots)))
            {
                changes.Note(slots, null);
            }
        }

        foreach (var (family, slots) in families)
        {
            if (!Array.Exists(_families, f => ReferenceEquals(f.Slots, slots)))
            {
                changes.Note(null, slots);
            }
        }

        _families = families;
    }

    /// <summary>Appends one sample for each series; returns how many samples there were.</summary>
    public int Append(IAppender appender, long time)
    {
        var samples = 0;
        foreach (var (family, slots) in _families)
        {
            slots.Append(appender, family, time);
            samples += slots.Labels.Length;
        }

        return samples;
    }

    private (MetricFamily Family, SeriesSlots Slots) Take(MetricFamily family)
    {
        foreach (var (old, slots) in _families)
        {
            if (old.Name == family.Name)
            {
                return (family, slots.Fits(family) ? slots : SeriesSlots.Of(family, ""));
            }
        }

        return (family, SeriesSlots.Of(family, ""));
    }
}
