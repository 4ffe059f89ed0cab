using Tallygate.Model.Histograms;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary>Sum and mean of a group of native histograms.</summary>
internal sealed class HistogramGroup
{
    private readonly AggregateContext _context;
    private readonly bool[] _has;

    public HistogramGroup(AggregateContext context)
    {
        _context = context;
        _has = new bool[context.Steps];
    }

    public bool Has(int step) => _has[step];

    public void Add(int step, FloatHistogram histogram) => _has[step] = true;

    public FloatHistogram? Sum(int step) => throw NotSupported(step);

    public FloatHistogram? Average(int step) => throw NotSupported(step);

    private QueryException NotSupported(int step) => QueryException.Execution(
        $"{_context.Expr.Operator.Text()} over native histograms is not supported yet (step {step})");
}
