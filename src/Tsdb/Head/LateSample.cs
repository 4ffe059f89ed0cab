using Tallygate.Model.Histograms;

namespace Tallygate.Tsdb.Head;

/// <summary>A sample that came after a newer one of its series, and the commit that brought it.</summary>
internal readonly record struct LateSample(long Time, long Bits, FloatHistogram? Histogram, long Version);
