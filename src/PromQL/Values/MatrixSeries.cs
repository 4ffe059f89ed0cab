using Tallygate.Model;

namespace Tallygate.PromQL.Values;

/// <summary>One series of a <see cref="Matrix"/>. A time has a float or a histogram, never both.</summary>
public sealed class MatrixSeries
{
    /// <summary>Takes over the points.</summary>
    public MatrixSeries(Labels labels, IReadOnlyList<FPoint> floats, IReadOnlyList<HPoint> histograms)
    {
        Labels = labels;
        Floats = floats;
        Histograms = histograms;
    }

    /// <summary>The labels.</summary>
    public Labels Labels { get; }

    /// <summary>The float points in ascending time.</summary>
    public IReadOnlyList<FPoint> Floats { get; }

    /// <summary>The native histogram points in ascending time.</summary>
    public IReadOnlyList<HPoint> Histograms { get; }
}
