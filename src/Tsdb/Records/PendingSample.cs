using Tallygate.Model.Histograms;

namespace Tallygate.Tsdb.Records;

/// <summary>One sample of a batch: whose, when, and its value by bits, or a histogram.</summary>
/// <param name="Start">When its counter began, Unix milliseconds; 0 where nobody knows.</param>
internal record struct PendingSample(int Series, long Time, long Bits, FloatHistogram? Histogram, long Start = 0);
