using Tallygate.Model.Histograms;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary>Sums or means of the native histograms of a group, step by step.</summary>
internal sealed class HistogramGroup
{
    private readonly AggregateContext _context;
    private readonly bool _isMean;
    private readonly HistogramTotal?[] _totals;
    private readonly State[] _states;

    public HistogramGroup(AggregateContext context, bool isMean)
    {
        _context = context;
        _isMean = isMean;
        _totals = new HistogramTotal?[context.Steps];
        _states = new State[context.Steps];
    }

    private enum State : byte
    {
        Empty,
        Present,
        Incompatible,
    }

    public bool Has(int step) => _states[step] != State.Empty;

    /// <summary>Whether the step saw histograms that do not go together; it has no result then, and nothing more counts.</summary>
    public bool IsIncompatible(int step) => _states[step] == State.Incompatible;

    /// <param name="isBehindFloats">Whether the group began with a float: there is no result then, and no need for a sum.</param>
    public void Add(int step, FloatHistogram histogram, bool isBehindFloats, string metricName)
    {
        if (IsIncompatible(step))
        {
            return;
        }

        _states[step] = State.Present;
        if (_totals[step] is { } total)
        {
            if (!total.TryAdd(histogram))
            {
                _states[step] = State.Incompatible;
                _context.Annotations.WarnOfMixedSchemas(metricName, _context.Expr.Inner.Position);
            }
        }
        else if (!isBehindFloats)
        {
            _totals[step] = new HistogramTotal(histogram, _isMean);
        }
    }

    /// <summary>Ends a step; it has a result where all is well with it.</summary>
    /// <param name="hasFloats">Whether the step has floats too.</param>
    public FloatHistogram? Finish(int step, bool hasFloats)
    {
        var total = _totals[step];
        if (total is { IsReconciled: true })
        {
            _context.Annotations.InformOfReconciledBounds(Annotations.Aggregation, _context.Expr.Inner.Position);
        }

        if (hasFloats)
        {
            _context.WarnOfMixedSamples();
            return null;
        }

        if (total is null || IsIncompatible(step))
        {
            return null;
        }

        total.Tell(_context.Annotations, _context.Expr.Inner.Position);
        var result = total.Result();
        result.Compact();
        return result;
    }
}
