using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Parsing;

/// <summary>One interval of a series in series notation.</summary>
/// <param name="Omitted">Whether there is no sample.</param>
/// <param name="Value">The sample, where it is a float.</param>
/// <param name="Histogram">The sample, where it is a histogram; not shared with other values unless they are the same one repeated.</param>
/// <param name="HintWasGiven">Whether the notation states the histogram's counter reset hint.</param>
public readonly record struct SequenceValue(bool Omitted, double Value, FloatHistogram? Histogram, bool HintWasGiven)
{
    /// <summary>An interval without a sample.</summary>
    public static readonly SequenceValue None = new(Omitted: true, 0, null, HintWasGiven: false);

    /// <summary>A float.</summary>
    public static SequenceValue Of(double value) => new(Omitted: false, value, null, HintWasGiven: false);

    /// <summary>A histogram.</summary>
    public static SequenceValue Of(FloatHistogram histogram, bool hintWasGiven) => new(Omitted: false, 0, histogram, hintWasGiven);
}
