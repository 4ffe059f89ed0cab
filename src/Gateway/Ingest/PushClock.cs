using System.Runtime.InteropServices;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// Gives every push a millisecond of its own: the first at or after its receive time that no sample of its series has. So two pushes
/// in one millisecond are two samples, never one. Belongs to the writer.
/// </summary>
/// <remarks>
/// Stamps are remembered until the clock has passed them, in two generations, of which the older is dropped as a whole. All stamps of a
/// dropped
/// generation lie at or before one point, and no later push gets a stamp there, even if the clock is set back.
/// </remarks>
internal sealed class PushClock
{
    private const long MaxLeadMs = 1000;
    private const long GenerationMs = MaxLeadMs + 200;

    private Dictionary<ulong, long> _young = [];
    private Dictionary<ulong, long> _old = [];
    private long _youngNewest;
    private long _oldNewest;
    private long _youngSince;
    private long _passed;

    /// <summary>Finds the stamp; false where it would lead the receive time by more than a second. Nothing is booked then.</summary>
    public bool TryStamp(ReadOnlySpan<ulong> keys, long receivedUnixNano, out long stamp)
    {
        var received = CeilingMs(receivedUnixNano);
        Age(received);
        stamp = Math.Max(received, _passed + 1);
        foreach (var key in keys)
        {
            if (_young.TryGetValue(key, out var last) || _old.TryGetValue(key, out last))
            {
                stamp = Math.Max(stamp, last + 1);
            }
        }

        if (stamp - received > MaxLeadMs)
        {
            return false;
        }

        Remember(keys, stamp);
        return true;
    }

    /// <summary>Takes note of the stamp that a recorded push has; <paramref name="now"/> is the clock's time in Unix nanoseconds.</summary>
    public void Restore(PushRecord record, long now)
    {
        if (record.Stamp <= now / 1_000_000)
        {
            _passed = Math.Max(_passed, record.Stamp);
        }
        else if (record.Verdict == PushVerdict.Rejected)
        {
            Remember([ClockKey.OfFailures(record.GroupingKey)], record.Stamp);
        }
        else
        {
            Remember([ClockKey.Of(record.GroupingKey)], record.Stamp);
            foreach (var family in record.Families)
            {
                foreach (var metric in family.Metrics)
                {
                    Remember([ClockKey.Of(metric.Labels)], record.Stamp);
                }
            }
        }
    }

    private void Remember(ReadOnlySpan<ulong> keys, long stamp)
    {
        foreach (var key in keys)
        {
            ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_young, key, out _);
            last = Math.Max(last, stamp);
        }

        _youngNewest = Math.Max(_youngNewest, stamp);
    }

    private void Age(long now)
    {
        if (now - _youngSince < GenerationMs || _oldNewest >= now)
        {
            return;
        }

        _passed = Math.Max(_passed, _oldNewest);
        (_old, _young) = (_young, _old);
        _young.Clear();
        _oldNewest = _youngNewest;
        _youngNewest = 0;
        _youngSince = now;
    }

    private static long CeilingMs(long unixNano) => (unixNano + 999_999) / 1_000_000;
}
