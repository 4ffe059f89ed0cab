namespace Tallygate.Gateway.Sampling;

/// <summary>What the last sampling did: what a list of targets shows.</summary>
/// <param name="Time">The tick, Unix milliseconds.</param>
/// <param name="DurationSeconds">How long it took.</param>
/// <param name="Samples">How many samples were read.</param>
/// <param name="SeriesAdded">How many series were not there the time before.</param>
/// <param name="Stale">How many series ended.</param>
public readonly record struct SampleReport(long Time, double DurationSeconds, int Samples, int SeriesAdded, int Stale);
