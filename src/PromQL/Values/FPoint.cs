namespace Tallygate.PromQL.Values;

/// <summary>A float at a time.</summary>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Value">The value.</param>
public readonly record struct FPoint(long Time, double Value);
