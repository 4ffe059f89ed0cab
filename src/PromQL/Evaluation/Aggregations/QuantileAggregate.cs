using System.Runtime.InteropServices;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary><c>quantile</c>. Histograms are left out.</summary>
internal sealed class QuantileAggregate : GroupAggregate
{
    private readonly AggregateContext _context;
    private readonly List<double>?[] _values;

    public QuantileAggregate(AggregateContext context)
    {
        _context = context;
        _values = new List<double>?[context.Steps];
    }

    public override void AddFloats(ReadOnlySpan<double> values)
    {
        for (var step = 0; step < values.Length; step++)
        {
            if (!StaleMarker.Is(values[step]))
            {
                (_values[step] ??= []).Add(values[step]);
            }
        }
    }

    public override void Finish(Row result)
    {
        for (var step = 0; step < result.Steps; step++)
        {
            if (_values[step] is { } values)
            {
                _context.Work(values.Count);
                result.Values[step] = Quantiles.Of(_context.Parameter[step], CollectionsMarshal.AsSpan(values));
            }
        }
    }

    protected override void AddHistogram(int step, FloatHistogram histogram) => _context.InformOfIgnoredHistogram();
}
