using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Gateway.Folds;

/// <summary>The pushed series of one group, cached.</summary>
internal sealed class GroupSeries(Labels key)
{
    private readonly GroupTimes _times = new(key, SlotNames.Pushed);
    private SeriesSlots[] _families = [];

    /// <summary>Books an accepted push; returns how many samples were taken and how many were not.</summary>
    /// <param name="families">What it books: its own families, or those of the run that it ends.</param>
    public (int Booked, int Refused) Book(IAppender appender, PushRecord record, IReadOnlyList<MetricFamily> families)
    {
        var booked = 0;
        var refused = 0;
        for (var i = 0; i < families.Count; i++)
        {
            var family = families[i];
            var slots = SlotsOf(family, i);
            var lost = slots.Append(appender, record.Stamp);
            refused += lost;
            booked += slots.Count - lost;
        }

        if (record.Verb == PushVerb.Replace && _families.Length > families.Count)
        {
            DropAllBut(families);
        }

        _times.AppendPush(appender, record.Stamp, record.PushedUnixNano / 1e9);
        return (booked + 1, refused);
    }

    /// <summary>Books a refused push.</summary>
    public void BookFailure(IAppender appender, PushRecord record) =>
        _times.AppendFailure(appender, record.Stamp, record.ReceivedUnixNano / 1e9);

    /// <summary>The slots of a family, which mostly stand where they stood in the last push.</summary>
    private SeriesSlots SlotsOf(MetricFamily family, int place)
    {
        var at = place < _families.Length && _families[place].Name == family.Name ? place : 0;
        while (at < _families.Length && _families[at].Name != family.Name)
        {
            at++;
        }

        if (at == _families.Length)
        {
            _families = [.. _families, SeriesSlots.Of(family, SlotNames.Pushed)];
        }
        else if (!_families[at].TryTake(family))
        {
            _families[at] = SeriesSlots.Of(family, SlotNames.Pushed);
        }

        return _families[at];
    }

    private void DropAllBut(IReadOnlyList<MetricFamily> families) =>
        _families = Array.FindAll(_families, slots => Holds(families, slots.Name));

    private static bool Holds(IReadOnlyList<MetricFamily> families, string name)
    {
        for (var i = 0; i < families.Count; i++)
        {
            if (families[i].Name == name)
            {
                return true;
            }
        }

        return false;
    }
}
