using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary><c>sum</c>, compensated as in Prometheus 3. A group with both floats and histograms has no result.</summary>
internal sealed class SumAggregate : GroupAggregate
{
    private readonly AggregateContext _context;
    private readonly KahanSum[] _sums;
    private readonly bool[] _hasFloat;
    private HistogramGroup? _histograms;

    public SumAggregate(AggregateContext context)
    {
        _context = context;
        _sums = new KahanSum[context.Steps];
        _hasFloat = new bool[context.Steps];
    }

    public override void Finish(Row result)
    {
        for (var step = 0; step < result.Steps; step++)
        {
            var hasHistogram = _histograms?.Has(step) ?? false;
            if (_hasFloat[step] && hasHistogram)
            {
                _context.WarnOfMixedSamples();
            }
            else if (_hasFloat[step])
            {
                result.Values[step] = _sums[step].Sum + _sums[step].Compensation;
            }
            else if (hasHistogram && _histograms!.Sum(step) is { } sum)
            {
                result.SetHistogram(step, sum);
            }
        }
    }

    protected override void AddFloat(int step, double value)
    {
        if (_hasFloat[step])
        {
            _sums[step].Add(value);
        }
        else
        {
            // The first value is taken as it is: added to zero, a negative zero would lose its sign.
            _hasFloat[step] = true;
            _sums[step] = new KahanSum(value);
        }
    }

    protected override void AddHistogram(int step, FloatHistogram histogram) =>
        (_histograms ??= new HistogramGroup(_context)).Add(step, histogram);
}
