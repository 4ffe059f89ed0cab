using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary><c>min</c> and <c>max</c>. Any number wins over NaN; histograms are left out.</summary>
internal sealed class ExtremeAggregate : GroupAggregate
{
    private readonly AggregateContext _context;
    private readonly double[] _extremes;
    private readonly bool _isMax;

    public ExtremeAggregate(AggregateContext context, bool isMax)
    {
        _context = context;
        _isMax = isMax;
        _extremes = new double[context.Steps];
        Array.Fill(_extremes, StaleMarker.Value);
    }

    public override void AddFloats(ReadOnlySpan<double> values)
    {
        for (var step = 0; step < values.Length; step++)
        {
            var value = values[step];
            var extreme = _extremes[step];
            if ((double.IsNaN(extreme) || (_isMax ? value > extreme : value < extreme)) && !StaleMarker.Is(value))
            {
                _extremes[step] = value;
            }
        }
    }

    public override void Finish(Row result) => _extremes.CopyTo(result.Values, 0);

    protected override void AddHistogram(int step, FloatHistogram histogram) => _context.InformOfIgnoredHistogram();
}
