using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Scripts;

/// <summary>One place in a sequence of samples of the script language.</summary>
/// <param name="IsOmitted">Whether there is no sample.</param>
/// <param name="Value">The float.</param>
/// <param name="Histogram">The histogram in place of a float.</param>
/// <param name="HasHint">Whether the histogram was written with its counter reset hint.</param>
public readonly record struct SequenceValue(bool IsOmitted, double Value, FloatHistogram? Histogram = null, bool HasHint = false)
{
    /// <summary>No sample.</summary>
    public static readonly SequenceValue Omitted = new(true, 0);
}
