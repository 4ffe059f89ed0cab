using Tallygate.Model.Histograms;

namespace Tallygate.Storage.InMemory;

/// <summary>One sample, and the commit that brought it.</summary>
internal readonly record struct MemorySample(long Time, double Value, FloatHistogram? Histogram, long Version, long Start = 0);
