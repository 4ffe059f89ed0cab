using System.Text;
using Tallygate.Model;

namespace Tallygate.Scrape;

/// <summary>
/// When a target is scraped: at k × interval + phase since 1970, in Unix milliseconds. The phase is a hash of the target and the seed of the
/// server, the same after a restart.
/// </summary>
internal readonly struct ScrapeSlots
{
    private readonly long _phase;

    public ScrapeSlots(TargetPlan target, TimeSpan? phase, ulong seed)
    {
        Interval = Math.Max(1, (long)target.Interval.TotalMilliseconds);
        _phase = phase is { } given
            ? (long)given.TotalMilliseconds % Interval
            : (long)((Hash(target.Labels, target.Url) ^ seed) % (ulong)Interval);
    }

    /// <summary>Milliseconds.</summary>
    public long Interval { get; }

    /// <summary>The newest slot at or before <paramref name="now"/>.</summary>
    public long AtOrBefore(long now)
    {
        var past = (now - _phase) % Interval;
        return now - (past < 0 ? past + Interval : past);
    }

    /// <summary>
    /// The time of the samples of a scrape that begins at <paramref name="now"/>: the slot, if it lies within 2 ms and 1 % of the interval,
    /// since even steps compress far better.
    /// </summary>
    public long SampleTime(long now)
    {
        var slot = AtOrBefore(now);
        return now - slot <= Math.Min(2, Interval / 100) ? slot : now;
    }

    private static ulong Hash(Labels labels, Uri url)
    {
        unchecked
        {
            // FNV-1a: it must be the same in every process.
            var hash = 14695981039346656037UL;
            foreach (var octet in Encoding.UTF8.GetBytes(labels.ToString() + url.AbsoluteUri))
            {
                hash = (hash ^ octet) * 1099511628211UL;
            }

            return hash ^ (hash >> 32);
        }
    }
}
