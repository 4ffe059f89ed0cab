namespace Tallygate.Tsdb.Head;

/// <summary>A float of a series that is known.</summary>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Bits">The bits of the value.</param>
internal readonly record struct StagedSample(long Time, long Bits);
