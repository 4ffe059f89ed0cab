using System.Runtime.InteropServices;
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
        var (came, unknown) = Collect(_came);
        Added = came.Length + unknown.Count;
        var went = new HashSet<SeriesRef>();
        var wentUnknown = new HashSet<Labels>();
        foreach (var series in _went)
        {
            for (var i = 0; i < series.Count; i++)
            {
                var isKnown = series[i] != default;
                if (!(isKnown ? went.Add(series[i]) : wentUnknown.Add(series.MakeLabels()[i])))
                {
                    continue;
                }

                if (isKnown ? came.AsSpan().BinarySearch(series[i].Value) >= 0 : unknown.Contains(series.MakeLabels()[i]))
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

    // The references in order, each once, and the labels of those that have none. At the first sample there are very many.
    private static (ulong[] Known, HashSet<Labels> Unknown) Collect(List<StoredSeries> all)
    {
        var known = new List<ulong>(all.Sum(static s => s.Count));
        var unknown = new HashSet<Labels>();
        foreach (var series in all)
        {
            for (var i = 0; i < series.Count; i++)
            {
                if (series[i] == default)
                {
                    unknown.Add(series.MakeLabels()[i]);
                }
                else
                {
                    known.Add(series[i].Value);
                }
            }
        }

        known.Sort();
        var sorted = CollectionsMarshal.AsSpan(known);
        var count = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i == 0 || sorted[i] != sorted[i - 1])
            {
                sorted[count++] = sorted[i];
            }
        }

        return (sorted[..count].ToArray(), unknown);
    }
}
