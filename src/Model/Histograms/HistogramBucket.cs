namespace Tallygate.Model.Histograms;

/// <summary>One bucket with its bounds.</summary>
/// <param name="Index">The bucket's number within its schema and side.</param>
public readonly record struct HistogramBucket(
    double Lower, double Upper, bool LowerInclusive, bool UpperInclusive, double Count, int Index);
