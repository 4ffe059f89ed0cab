using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Gateway.Sampling;

/// <summary>Which series came and which went since the last sample: those that only moved from one holder to another did neither.</summary>
internal sealed class SeriesChanges
{
    private readonly HashSet<Labels> _came = [];
    private readonly Dictionary<Labels, (SeriesSlots Slots, int Slot)> _went = [];

    /// <summary>How many series came; complete when all changes are known.</summary>
    public int Added { get; private set; }

    /// <summary>How many series went.</summary>
    public int Stale { get; private set; }

    /// <summary>Takes note of series in place of others; of the two one may be null.</summary>
    public void Note(SeriesSlots? before, SeriesSlots? after)
    {
        if (ReferenceEquals(before, after))
        {
            return;
        }

        for (var i = 0; before is not null && i < before.Labels.Length; i++)
        {
            _went[before.Labels[i]] = (before, i);
        }

        foreach (var labels in after is null ? [] : after.Labels)
        {
            _came.Add(labels);
        }
    }

    /// <summary>Ends the series that went, at <paramref name="time"/>.</summary>
    public void AppendStale(IAppender appender, long time)
    {
        Added = _came.Count;
        foreach (var (labels, (slots, slot)) in _went)
        {
            if (_came.Contains(labels))
            {
                Added--;
            }
            else
            {
                Stale++;
                slots.AppendStale(appender, slot, time);
            }
        }
    }
}
