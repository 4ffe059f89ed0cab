using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Gateway.Folds;

/// <summary>The pushed series of one group, cached.</summary>
internal sealed class GroupSeries(Labels storedKey)
{
    private readonly Labels _timeLabels = storedKey.With(Labels.MetricName, MetricGroup.PushTimeName + PushSamples.Suffix);
    private readonly Dictionary<string, SeriesSlots> _families = [];
    private SeriesRef _timeRef;
    private Labels? _failureLabels;
    private SeriesRef _failureRef;

    /// <summary>Books an accepted push; returns how many samples were taken and how many were not.</summary>
    /// <param name="families">What it books: its own families, or those of the run that it ends.</param>
    public (int Booked, int Refused) Book(IAppender appender, PushRecord record, IReadOnlyList<MetricFamily> families)
    {
        var booked = 0;
        var refused = 0;
        for (var i = 0; i < families.Count; i++)
        {
            var family = families[i];
            if (!_families.TryGetValue(family.Name, out var slots) || !slots.Fits(family))
            {
                slots = SeriesSlots.Of(family, PushSamples.Suffix);
                _families[family.Name] = slots;
            }

            var lost = slots.Append(appender, family, record.Stamp);
            refused += lost;
            booked += slots.Labels.Length - lost;
        }

        if (record.Verb == PushVerb.Replace && _families.Count > families.Count)
        {
            DropAllBut(families);
        }

        appender.Append(ref _timeRef, _timeLabels, record.Stamp, record.PushedUnixNano / 1e9);
        return (booked + 1, refused);
    }

    /// <summary>Books a refused push.</summary>
    public void BookFailure(IAppender appender, PushRecord record)
    {
        _failureLabels ??= storedKey.With(Labels.MetricName, MetricGroup.PushFailureTimeName + PushSamples.Suffix);
        appender.Append(ref _failureRef, _failureLabels, record.Stamp, record.ReceivedUnixNano / 1e9);
    }

    private void DropAllBut(IReadOnlyList<MetricFamily> families)
    {
        var kept = new Dictionary<string, SeriesSlots>();
        foreach (var family in families)
        {
            kept[family.Name] = _families[family.Name];
        }

        _families.Clear();
        foreach (var (name, slots) in kept)
        {
            _families.Add(name, slots);
        }
    }
}
