using Tallygate.Model;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Keeps all rows.</summary>
internal sealed class RowList : RowSink
{
    private readonly SampleLimiter _limiter;

    public RowList(SampleLimiter limiter) => _limiter = limiter;

    public List<Row> Rows { get; } = [];

    public override Row Next(Labels labels, int steps)
    {
        _limiter.MakeRoom(steps);
        return Row.Blank(labels, steps);
    }

    public override void Take(Row row)
    {
        Rows.Add(row);
        _limiter.Hold(row.CountSamples());
    }
}
