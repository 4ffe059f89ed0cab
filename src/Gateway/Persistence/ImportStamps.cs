using Tallygate.Gateway.Ingest;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Persistence;

/// <summary>
/// Stamps for pushes of the past: the first millisecond at or after each that no other push of the log or of the import has on one of its
/// series. Unlike <see cref="PushClock"/> it must know all that the log holds of these series.
/// </summary>
internal sealed class ImportStamps
{
    private readonly HashSet<ulong> _keys;
    private readonly HashSet<(ulong Key, long Stamp)> _taken = [];

    /// <param name="pushes">All pushes that will ask.</param>
    public ImportStamps(IEnumerable<PreparedPush> pushes) =>
        _keys = [.. pushes.SelectMany(p => p.ClockKeys.Append(ClockKey.OfFailures(p.Grouping)))];

    /// <summary>Takes note of what is in the log already.</summary>
    public void Note(PushRecord record)
    {
        if (record.Stamp == 0)
        {
            return;
        }

        Note(record.Verdict == PushVerdict.Rejected ? ClockKey.OfFailures(record.GroupingKey) : ClockKey.Of(record.GroupingKey), record.Stamp);
        foreach (var family in record.Families)
        {
            foreach (var metric in family.Metrics)
            {
                Note(ClockKey.Of(metric.Labels), record.Stamp);
            }
        }
    }

    /// <summary>Gives a push its stamp.</summary>
    public long Take(ReadOnlySpan<ulong> keys, long unixNano)
    {
        var stamp = (long)Math.Ceiling(unixNano / 1e6m);
        while (IsTaken(keys, stamp))
        {
            stamp++;
        }

        foreach (var key in keys)
        {
            _taken.Add((key, stamp));
        }

        return stamp;
    }

    private void Note(ulong key, long stamp)
    {
        if (_keys.Contains(key))
        {
            _taken.Add((key, stamp));
        }
    }

    private bool IsTaken(ReadOnlySpan<ulong> keys, long stamp)
    {
        foreach (var key in keys)
        {
            if (_taken.Contains((key, stamp)))
            {
                return true;
            }
        }

        return false;
    }
}
