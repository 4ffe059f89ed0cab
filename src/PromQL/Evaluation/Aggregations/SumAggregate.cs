using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary><c>sum</c>, compensated as in Prometheus 3. A group with both floats and histograms has no result.</summary>
internal sealed class SumAggregate : GroupAggregate
{
    private readonly AggregateContext _context;
    private readonly double[] _sums;
    private readonly double[] _compensations;
    private HistogramGroup? _histograms;

    public SumAggregate(AggregateContext context)
    {
        _context = context;
        _sums = new double[context.Steps];
        _compensations = new double[context.Steps];
        Array.Fill(_sums, StaleMarker.Value);
    }

    public override void AddFloats(ReadOnlySpan<double> values)
    {
        var sums = _sums.AsSpan(0, values.Length);
        var compensations = _compensations.AsSpan(0, values.Length);
        for (var step = 0; step < values.Length; step++)
        {
            var value = values[step];
            if (StaleMarker.Is(value))
            {
                continue;
            }

            if (StaleMarker.Is(sums[step]))
            {
                if (_histograms is not null && _histograms.IsIncompatible(step))
                {
                    continue;
                }

                // The first value is taken as it is: added to zero, a negative zero would lose its sign.
                sums[step] = value;
                continue;
            }

            var sum = new KahanSum(sums[step], compensations[step]);
            sum.Add(value);
            sums[step] = sum.Sum;
            compensations[step] = sum.Compensation;
        }
    }

    public override void Finish(Row result)
    {
        for (var step = 0; step < result.Steps; step++)
        {
            var hasFloat = !StaleMarker.Is(_sums[step]);
            if (_histograms is not null && _histograms.Has(step))
            {
                if (_histograms.Finish(step, hasFloat) is { } sum)
                {
                    result.SetHistogram(step, sum);
                }
            }
            else if (hasFloat)
            {
                result.Values[step] = _sums[step] + _compensations[step];
            }
        }
    }

    protected override void AddHistogram(int step, FloatHistogram histogram) =>
        (_histograms ??= new HistogramGroup(_context, isMean: false)).Add(step, histogram, !StaleMarker.Is(_sums[step]), MetricName);
}
