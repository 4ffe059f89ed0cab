using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Rules;

/// <summary>The value of one sample that a rule writes: a float, or a native histogram where there is one.</summary>
internal readonly record struct RuleSample(double Value, FloatHistogram? Histogram = null)
{
    /// <summary>What ends a series.</summary>
    public static RuleSample Stale => new(StaleMarker.Value);
}
