using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary><c>stdvar</c> and <c>stddev</c> of the whole group, by Welford's method. Histograms are left out.</summary>
internal sealed class VarianceAggregate : GroupAggregate
{
    private readonly AggregateContext _context;
    private readonly int[] _counts;
    private readonly double[] _means;
    private readonly double[] _squares;
    private readonly bool _takesRoot;

    public VarianceAggregate(AggregateContext context, bool takesRoot)
    {
        _context = context;
        _takesRoot = takesRoot;
        _counts = new int[context.Steps];
        _means = new double[context.Steps];
        _squares = new double[context.Steps];
    }

    public override void AddFloats(ReadOnlySpan<double> values)
    {
        for (var step = 0; step < values.Length; step++)
        {
            if (!StaleMarker.Is(values[step]))
            {
                AddFloat(step, values[step]);
            }
        }
    }

    public override void Finish(Row result)
    {
        for (var step = 0; step < result.Steps; step++)
        {
            if (_counts[step] > 0)
            {
                var variance = _squares[step] / _counts[step];
                result.Values[step] = _takesRoot ? Math.Sqrt(variance) : variance;
            }
        }
    }

    protected override void AddHistogram(int step, FloatHistogram histogram) => _context.InformOfIgnoredHistogram();

    private void AddFloat(int step, double value)
    {
        if (++_counts[step] == 1)
        {
            _means[step] = value;
            _squares[step] = double.IsFinite(value) ? 0 : double.NaN;
            return;
        }

        var distance = value - _means[step];
        _means[step] += distance / _counts[step];
        _squares[step] += distance * (value - _means[step]);
    }
}
