using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Functions;

/// <summary>What a function over windows is given beside the window, for one series after the other. Not thread-safe.</summary>
internal sealed class RangeCall
{
    private double[] _scratch = [];

    public RangeCall(CallExpr call, Annotations annotations, int scalarArguments)
    {
        Call = call;
        Annotations = annotations;
        Scalars = new double[scalarArguments];
    }

    public CallExpr Call { get; }

    public Annotations Annotations { get; }

    /// <summary>The values of the scalar arguments at this step, in order.</summary>
    public double[] Scalars { get; }

    /// <summary>The labels of the series at hand, its name among them.</summary>
    public Labels Labels { get; set; } = Labels.Empty;

    /// <summary>A histogram to give instead of a float; set by the function.</summary>
    public FloatHistogram? Histogram { get; set; }

    /// <summary>The place of the first argument, which most annotations are about.</summary>
    public PositionRange FirstArgument => Call.Arguments[0].Position;

    /// <summary>The length of the window in seconds.</summary>
    public double RangeSeconds { get; init; }

    public string MetricName => Labels.Name;

    /// <summary>A copy of the values that may be sorted; valid until the next call.</summary>
    public Span<double> Copy(ReadOnlySpan<double> values)
    {
        if (_scratch.Length < values.Length)
        {
            _scratch = new double[Math.Max(values.Length, _scratch.Length * 2)];
        }

        values.CopyTo(_scratch);
        return _scratch.AsSpan(0, values.Length);
    }

    /// <summary>Says that histograms among the floats were left out.</summary>
    public void InformOfIgnoredHistograms() => Annotations.Inform(
        $"ignored histograms in a range containing both floats and histograms for metric name {GoQuote.Quote(MetricName)}", FirstArgument);

    /// <summary>Says that floats and histograms do not go together.</summary>
    public void WarnOfMixedSamples() => Annotations.Warn(
        $"encountered a mix of histograms and floats for metric name {GoQuote.Quote(MetricName)}", FirstArgument);

    /// <summary>Says that histograms with exponential and with custom buckets do not go together.</summary>
    public void WarnOfMixedSchemas() => Annotations.WarnOfMixedSchemas(MetricName, FirstArgument);

    /// <summary>Says that a function of counters was given a gauge.</summary>
    public void WarnOfGauge() => Annotations.Warn($"this native histogram metric is not a counter: {GoQuote.Quote(MetricName)}", FirstArgument);

    /// <summary>Says that a function of gauges was given a counter.</summary>
    public void WarnOfCounter() => Annotations.Warn($"this native histogram metric is not a gauge: {GoQuote.Quote(MetricName)}", FirstArgument);

    /// <summary>Says that a sample of this series began before the one before it.</summary>
    public void WarnOfStartOverlap() => Annotations.WarnOfStartOverlap(MetricName, FirstArgument);

    /// <summary>Adds a histogram to another one, which is changed, and says what there is to say but of resets; false where they do not fit.</summary>
    public bool TryAdd(FloatHistogram sum, FloatHistogram other) => Combine(sum.TryAdd(other, out var notes), notes, Annotations.Addition);

    /// <summary>Subtracts a histogram from another one, for the rest as <see cref="TryAdd"/>.</summary>
    public bool TrySubtract(FloatHistogram from, FloatHistogram other) =>
        Combine(from.TrySubtract(other, out var notes), notes, Annotations.Subtraction);

    private bool Combine(bool fits, HistogramNotes notes, string operation)
    {
        if (!fits)
        {
            WarnOfMixedSchemas();
        }
        else if (notes.HasFlag(HistogramNotes.BoundsReconciled))
        {
            Annotations.InformOfReconciledBounds(operation, FirstArgument);
        }

        return fits;
    }
}
