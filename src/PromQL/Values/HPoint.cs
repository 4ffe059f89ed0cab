using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Values;

/// <summary>A native histogram at a time.</summary>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Histogram">The histogram; it is shared and must not be changed.</param>
public readonly record struct HPoint(long Time, FloatHistogram Histogram);
