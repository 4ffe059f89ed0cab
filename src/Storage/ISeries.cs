using Tallygate.Model;

namespace Tallygate.Storage;

/// <summary>Port: one series within one querier's time range.</summary>
public interface ISeries
{
    /// <summary>The labels, the metric name among them; none of them empty.</summary>
    Labels Labels { get; }

    /// <summary>
    /// A new cursor before the first sample at or after <paramref name="minTime"/> (Unix ms), which ends after <paramref name="maxTime"/>;
    /// both are inclusive, and the querier's range limits them.
    /// </summary>
    ISampleCursor Samples(long minTime, long maxTime);
}
