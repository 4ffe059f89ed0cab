using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary>
/// Aggregates the rows of one group into one row, step by step. Rows are added one after the other, in the order of the vector; then
/// <see cref="Finish"/> is called once.
/// </summary>
internal abstract class GroupAggregate
{
    /// <summary>The metric's name of the row whose histograms are being added, as long as it has one.</summary>
    protected string MetricName { get; private set; } = "";

    /// <summary>Takes in the samples of a row.</summary>
    public void Add(Row row)
    {
        AddFloats(row.Values);
        AddHistograms(row);
    }

    /// <summary>Takes in the floats of a row; stale markers stand for none.</summary>
    public abstract void AddFloats(ReadOnlySpan<double> values);

    /// <summary>Takes in the histograms of a row.</summary>
    public void AddHistograms(Row row)
    {
        if (row.Histograms is null)
        {
            return;
        }

        MetricName = row.Labels.Name;
        for (var step = 0; step < row.Steps; step++)
        {
            if (row.HistogramAt(step) is { } histogram)
            {
                AddHistogram(step, histogram);
            }
        }
    }

    /// <summary>Writes the results; steps without one stay as they are.</summary>
    public abstract void Finish(Row result);

    protected abstract void AddHistogram(int step, FloatHistogram histogram);
}
