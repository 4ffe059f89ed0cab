using System.Runtime.InteropServices;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// Gives every push a millisecond of its own: the first at or after its receive time that no sample of its series has. So two pushes
/// in one millisecond are two samples, never one. Belongs to the writer.
/// </summary>
/// <remarks>
/// The stamps of a series only rise. They are remembered until the clock has passed them, in two generations, of which the older is dropped as
/// a whole: all its stamps lie at or before one point. A clock that was set back comes to that point again; what a series used there stands in
/// the store, and <see cref="Recall"/> is told of it. So a stamp leads the clock only where its own series have used the time before it.
/// </remarks>
internal sealed class PushClock
{
    private const long MaxLeadMs = 1000;
    private const long GenerationMs = MaxLeadMs + 200;

    // A push may wait so long for the writer and still get a stamp at its receive time.
    private const long ChosenMs = 60_000;

    private Dictionary<ulong, long> _young = [];
    private Dictionary<ulong, long> _old = [];

    // Stamps that were not taken from this clock, as far as it may still reach them.
    private readonly HashSet<(ulong Key, long Stamp)> _chosen = [];
    private long _youngNewest;
    private long _oldNewest;
    private long _youngSince;
    private long _passed;

    /// <summary>All stamps that were forgotten lie at or before this one, Unix ms.</summary>
    public long Passed => _passed;

    /// <summary>Whether the clock stands where one of these series may have stamps that were forgotten: it was set back.</summary>
    public bool HasForgotten(ReadOnlySpan<ulong> keys, long receivedUnixNano)
    {
        if (CeilingMs(receivedUnixNano) > _passed)
        {
            return false;
        }

        foreach (var key in keys)
        {
            if (!Knows(key))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Finds the stamp; false where it would lead the receive time by more than a second. Nothing is booked then. Asks nothing of what was
    /// forgotten: see <see cref="HasForgotten"/>.
    /// </summary>
    public bool TryStamp(ReadOnlySpan<ulong> keys, long receivedUnixNano, out long stamp)
    {
        var received = CeilingMs(receivedUnixNano);
        Age(received);
        stamp = received;
        foreach (var key in keys)
        {
            // A generation whose newest stamp lies before this one has none in its way: mostly that is so, and the older one is never searched.
            if ((_youngNewest >= stamp && _young.TryGetValue(key, out var last)) || (_oldNewest >= stamp && _old.TryGetValue(key, out last)))
            {
                stamp = Math.Max(stamp, last + 1);
            }
        }

        while (_chosen.Count > 0 && IsChosen(keys, stamp))
        {
            stamp++;
        }

        if (stamp - received > MaxLeadMs)
        {
            return false;
        }

        Remember(keys, stamp);
        return true;
    }

    /// <summary>Whether a sample of one of these series may have this stamp, as far as the clock remembers.</summary>
    public bool IsTaken(ReadOnlySpan<ulong> keys, long stamp)
    {
        foreach (var key in keys)
        {
            if ((_young.TryGetValue(key, out var last) || _old.TryGetValue(key, out last)) && last == stamp)
            {
                return true;
            }
        }

        return IsChosen(keys, stamp);
    }

    /// <summary>Takes note of the stamp of a push that happened at another time than now.</summary>
    /// <param name="nowUnixNano">The time of this machine, which normal stamps follow.</param>
    public void Choose(ReadOnlySpan<ulong> keys, long stamp, long nowUnixNano)
    {
        var now = CeilingMs(nowUnixNano);
        if (stamp < now - ChosenMs)
        {
            // Normal stamps pass this point, so the single stamp need not be kept.
            _passed = Math.Max(_passed, stamp);
            return;
        }

        foreach (var key in keys)
        {
            _chosen.Add((key, stamp));
        }
    }

    /// <summary>Takes note of the stamp that a recorded entry has.</summary>
    /// <param name="booked">What the entry books.</param>
    /// <param name="now">The clock's time in Unix nanoseconds.</param>
    public void Restore(PushRecord record, IReadOnlyList<MetricFamily> booked, long now)
    {
        var chosen = record.Terms?.PushTimeUnixNano is not null;
        if (!chosen && record.Stamp <= now / 1_000_000)
        {
            _passed = Math.Max(_passed, record.Stamp);
            return;
        }

        if (record.Verdict == PushVerdict.Rejected)
        {
            Remember([ClockKey.OfFailures(record.GroupingKey)], record.Stamp);
            return;
        }

        var keys = new HashSet<ulong> { ClockKey.Of(record.GroupingKey) };
        keys.UnionWith(booked.SelectMany(static f => f.Metrics).Select(static m => ClockKey.Of(m.Labels)));
        if (chosen)
        {
            Choose([.. keys], record.Stamp, now);
        }
        else
        {
            Remember([.. keys], record.Stamp);
        }
    }

    /// <summary>The first whole millisecond at or after a time.</summary>
    public static long CeilingMs(long unixNano) => (unixNano + 999_999) / 1_000_000;

    /// <summary>Takes note of the newest stamp that was forgotten, for those of the series that the clock does not know.</summary>
    public void Recall(ReadOnlySpan<ulong> keys, long stamp)
    {
        foreach (var key in keys)
        {
            if (!Knows(key))
            {
                _young.Add(key, stamp);
            }
        }

        _youngNewest = Math.Max(_youngNewest, stamp);
    }

    private bool Knows(ulong key) => _young.ContainsKey(key) || _old.ContainsKey(key);

    private bool IsChosen(ReadOnlySpan<ulong> keys, long stamp)
    {
        foreach (var key in keys)
        {
            if (_chosen.Contains((key, stamp)))
            {
                return true;
            }
        }

        return false;
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
        if (_chosen.Count > 0)
        {
            ForgetChosen(now - ChosenMs);
        }

        (_old, _young) = (_young, _old);
        _young.Clear();
        _oldNewest = _youngNewest;
        _youngNewest = 0;
        _youngSince = now;
    }

    private void ForgetChosen(long before)
    {
        var passed = _passed;
        _chosen.RemoveWhere(chosen =>
        {
            passed = chosen.Stamp < before ? Math.Max(passed, chosen.Stamp) : passed;
            return chosen.Stamp < before;
        });
        _passed = passed;
    }
}
