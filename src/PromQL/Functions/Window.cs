using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>
/// The samples of one series that lie in one window, stale markers left out. Times are Unix milliseconds as stored; the window is open on the
/// left and closed on the right.
/// </summary>
internal readonly ref struct Window
{
    /// <summary>The times of the floats.</summary>
    public ReadOnlySpan<long> Times { get; init; }

    /// <summary>The floats.</summary>
    public ReadOnlySpan<double> Values { get; init; }

    /// <summary>The start times of the floats, 0 where there is none; empty where the store was not asked or has none at all.</summary>
    public ReadOnlySpan<long> Starts { get; init; }

    /// <summary>The start times of the histograms, as <see cref="Starts"/>.</summary>
    public ReadOnlySpan<long> HistogramStarts { get; init; }

    /// <summary>The histograms; they are shared and must not be changed.</summary>
    public ReadOnlySpan<HPoint> Histograms { get; init; }

    /// <summary>The open left bound.</summary>
    public long Start { get; init; }

    /// <summary>The closed right bound.</summary>
    public long End { get; init; }

    /// <summary>The time of the step, which differs from <see cref="End"/> by offset and <c>@</c>.</summary>
    public long EvaluationTime { get; init; }

    /// <summary>Whether the window holds samples beyond its bounds, for <c>anchored</c> or <c>smoothed</c>.</summary>
    public bool IsExtended => Anchored || Smoothed;

    /// <summary>Whether the newest sample at or before the start is to be the first.</summary>
    public bool Anchored { get; init; }

    /// <summary>Whether values at the bounds are to be interpolated.</summary>
    public bool Smoothed { get; init; }

    /// <summary>Whether the first of the samples began within the window, and so is known to have been zero at <paramref name="start"/>.</summary>
    public bool TryStartWithin(ReadOnlySpan<long> starts, long firstTime, out long start)
    {
        start = StartTimes.At(starts, 0);
        return start != 0 && start > Start && start < firstTime;
    }
}
