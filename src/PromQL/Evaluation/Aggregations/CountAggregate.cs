using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary><c>count</c> and <c>group</c>: how many there are, or that there are any.</summary>
internal sealed class CountAggregate : GroupAggregate
{
    private readonly int[] _counts;
    private readonly bool _onlyPresence;

    public CountAggregate(AggregateContext context, bool onlyPresence)
    {
        _counts = new int[context.Steps];
        _onlyPresence = onlyPresence;
    }

    public override void AddFloats(ReadOnlySpan<double> values)
    {
        for (var step = 0; step < values.Length; step++)
        {
            _counts[step] += StaleMarker.Is(values[step]) ? 0 : 1;
        }
    }

    public override void Finish(Row result)
    {
        for (var step = 0; step < result.Steps; step++)
        {
            if (_counts[step] > 0)
            {
                result.Values[step] = _onlyPresence ? 1 : _counts[step];
            }
        }
    }

    protected override void AddHistogram(int step, FloatHistogram histogram) => _counts[step]++;
}
