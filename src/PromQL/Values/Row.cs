using System.Runtime.InteropServices;
using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.PromQL.Values;

/// <summary>
/// One series of an intermediate result: a column of floats, one for each step of the grid. A step without a float holds the stale marker,
/// which no calculation can give; it may have a histogram instead. Belongs to whoever it was handed to, who may change it.
/// </summary>
internal sealed class Row
{
    public Row(Labels labels, double[] values)
    {
        Labels = labels;
        Values = values;
    }

    public Labels Labels { get; set; }

    /// <summary>Whether the metric name is to go at the end of the evaluation (delayed name removal).</summary>
    public bool DropsName { get; set; }

    public double[] Values { get; }

    /// <summary>Histograms by step; null where the row has none. They are shared and must not be changed.</summary>
    public FloatHistogram?[]? Histograms { get; private set; }

    public int Steps => Values.Length;

    /// <summary>A row without any sample.</summary>
    public static Row Blank(Labels labels, int steps)
    {
        var values = new double[steps];
        Array.Fill(values, StaleMarker.Value);
        return new Row(labels, values);
    }

    public bool HasFloat(int step) => !StaleMarker.Is(Values[step]);

    public bool Has(int step) => HasFloat(step) || HistogramAt(step) is not null;

    public FloatHistogram? HistogramAt(int step) => Histograms?[step];

    public void SetHistogram(int step, FloatHistogram histogram)
    {
        Histograms ??= new FloatHistogram?[Values.Length];
        Histograms[step] = histogram;
        Values[step] = StaleMarker.Value;
    }

    public void Clear(int step)
    {
        Values[step] = StaleMarker.Value;
        if (Histograms is not null)
        {
            Histograms[step] = null;
        }
    }

    /// <summary>Forgets the histograms: what an operation on floats does with them.</summary>
    public void ClearHistograms() => Histograms = null;

    /// <summary>Takes over the sample that the other row has at the step, if there is one.</summary>
    public void CopyStep(Row from, int step)
    {
        if (from.HistogramAt(step) is { } histogram)
        {
            SetHistogram(step, histogram);
        }
        else if (from.HasFloat(step))
        {
            Values[step] = from.Values[step];
        }
    }

    /// <summary>The number of floats.</summary>
    public int CountFloats() => Values.Length - MemoryMarshal.Cast<double, long>(Values).Count(StaleMarker.Bits);

    /// <summary>The number of samples.</summary>
    public int CountSamples()
    {
        var count = CountFloats();

        if (Histograms is not null)
        {
            foreach (var histogram in Histograms)
            {
                // A histogram weighs as much as it would need room for floats.
                count += histogram is null ? 0 : Weight(histogram);
            }
        }

        return count;
    }

    public bool IsEmpty()
    {
        if (MemoryMarshal.Cast<double, long>(Values).ContainsAnyExcept(StaleMarker.Bits))
        {
            return false;
        }

        return Histograms is null || !Array.Exists(Histograms, static histogram => histogram is not null);
    }

    /// <summary>What a histogram counts for against the limit of samples.</summary>
    public static int Weight(FloatHistogram histogram) =>
        (((histogram.PositiveBuckets.Length + histogram.NegativeBuckets.Length + histogram.CustomValues.Length) * 8)
            + ((histogram.PositiveSpans.Length + histogram.NegativeSpans.Length) * 8) + 168) / 16;
}
