using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Gateway.Sampling;

/// <summary>
/// Which series came and which went since the last sample: those that only moved from one holder to another did neither. Series are told
/// apart by the store's references, and by labels where the store has never taken them.
/// </summary>
internal sealed class SeriesChanges
{
    private readonly List<StoredSeries> _came = [];
    private readonly List<StoredSeries> _went = [];

    /// <summary>How many series came; complete when the stale markers were appended.</summary>
    public int Added { get; private set; }

    /// <summary>How many series went.</summary>
    public int Stale { get; private set; }

    /// <summary>Takes note of series in place of others; of the two one may be null.</summary>
    public void Note(StoredSeries? before, StoredSeries? after)
    {
        if (ReferenceEquals(before, after))
        {
            return;
        }

        if (before is not null)
        {
            _went.Add(before);
        }

        if (after is not null)
        {
            _came.Add(after);
        }
    }

    /// <summary>Ends the series that went, at <paramref name="time"/>. Those that came have had their samples.</summary>
    public void AppendStale(IAppender appender, long time)
    {
        var came = new HashSet<SeriesRef>();
        var unknown = new HashSet<Labels>();
        foreach (var series in _came)
        {
            for (var i = 0; i < series.Count; i++)
            {
                Note(series, i, came, unknown);
            }
        }

        Added = came.Count + unknown.Count;
        var went = new HashSet<SeriesRef>();
        var wentUnknown = new HashSet<Labels>();
        foreach (var series in _went)
        {
            for (var i = 0; i < series.Count; i++)
            {
                if (!Note(series, i, went, wentUnknown))
                {
                    continue;
                }

                if (series[i] == default ? unknown.Contains(series.MakeLabels()[i]) : came.Contains(series[i]))
                {
                    Added--;
                }
                else
                {
                    Stale++;
                    series.AppendStale(appender, i, time);
                }
            }
        }
    }

    // Whether a series was not noted before.
    private static bool Note(StoredSeries series, int slot, HashSet<SeriesRef> known, HashSet<Labels> unknown) =>
        series[slot] == default ? unknown.Add(series.MakeLabels()[slot]) : known.Add(series[slot]);
}
