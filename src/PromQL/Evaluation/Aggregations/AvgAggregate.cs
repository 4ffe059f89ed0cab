using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary><c>avg</c>: sum by count, or the mean step by step from where the sum would overflow.</summary>
internal sealed class AvgAggregate : GroupAggregate
{
    private readonly AggregateContext _context;
    private readonly KahanSum[] _sums;
    private readonly int[] _counts;
    private readonly bool[] _isStepwise;
    private HistogramGroup? _histograms;

    public AvgAggregate(AggregateContext context)
    {
        _context = context;
        _sums = new KahanSum[context.Steps];
        _counts = new int[context.Steps];
        _isStepwise = new bool[context.Steps];
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
            double count = _counts[step];
            if (_histograms is not null && _histograms.Has(step))
            {
                if (_histograms.Finish(step, count > 0) is { } average)
                {
                    result.SetHistogram(step, average);
                }
            }
            else if (count > 0)
            {
                ref readonly var sum = ref _sums[step];
                result.Values[step] = _isStepwise[step] ? sum.Sum + sum.Compensation : (sum.Sum / count) + (sum.Compensation / count);
            }
        }
    }

    protected override void AddHistogram(int step, FloatHistogram histogram) =>
        (_histograms ??= new HistogramGroup(_context, isMean: true)).Add(step, histogram, _counts[step] > 0, MetricName);

    private void AddFloat(int step, double value)
    {
        if (_histograms is not null && _histograms.IsIncompatible(step))
        {
            return;
        }

        double count = ++_counts[step];
        if (count == 1)
        {
            _sums[step] = new KahanSum(value);
            return;
        }

        if (!_isStepwise[step])
        {
            var sum = _sums[step];
            sum.Add(value);
            if (!double.IsInfinity(sum.Sum))
            {
                _sums[step] = sum;
                return;
            }

            _isStepwise[step] = true;
            _sums[step] = new KahanSum(_sums[step].Sum / (count - 1), _sums[step].Compensation / (count - 1));
        }

        var share = (count - 1) / count;
        var mean = new KahanSum(share * _sums[step].Sum, share * _sums[step].Compensation);
        mean.Add(value / count);
        _sums[step] = mean;
    }
}
