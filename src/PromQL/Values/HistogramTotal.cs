using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL.Ast;

namespace Tallygate.PromQL.Values;

/// <summary>Sum or mean of native histograms, compensated: the mean is sum by count, or step by step from where the sum would overflow.</summary>
internal sealed class HistogramTotal
{
    private readonly bool _isMean;
    private HistogramSum _sum;
    private double _count = 1;
    private bool _isStepwise;
    private bool _sawReset;
    private bool _sawNoReset;

    public HistogramTotal(FloatHistogram first, bool isMean)
    {
        _isMean = isMean;
        _sum = new HistogramSum(first);
        NoteHint(first);
    }

    /// <summary>Whether custom bounds differed.</summary>
    public bool IsReconciled { get; private set; }

    /// <summary>Takes in a histogram; false where it has custom buckets and the others have not, or the other way round.</summary>
    public bool TryAdd(FloatHistogram histogram)
    {
        NoteHint(histogram);
        _count++;
        if (!_isStepwise)
        {
            var before = _isMean ? _sum.Copy() : null;
            if (!TryAddTo(_sum, histogram))
            {
                return false;
            }

            if (before is null || !_sum.HasOverflow)
            {
                return true;
            }

            _isStepwise = true;
            _sum = before;
            _sum.Divide(_count - 1);
        }

        var share = histogram.Copy();
        share.Divide(_count);
        _sum.Multiply((_count - 1) / _count);
        return TryAddTo(_sum, share);
    }

    public FloatHistogram Result()
    {
        if (_isMean && !_isStepwise)
        {
            _sum.Divide(_count);
        }

        return _sum.Total();
    }

    /// <summary>Says what there is to say of the histograms that were taken in.</summary>
    public void Tell(Annotations annotations, PositionRange position)
    {
        if (_sawReset && _sawNoReset)
        {
            annotations.WarnOfResetCollision(Annotations.Aggregation, position);
        }

        if (IsReconciled)
        {
            annotations.InformOfReconciledBounds(Annotations.Aggregation, position);
        }
    }

    private bool TryAddTo(HistogramSum sum, FloatHistogram histogram)
    {
        var fits = sum.TryAdd(histogram, out var notes);
        IsReconciled |= notes.HasFlag(HistogramNotes.BoundsReconciled);
        return fits;
    }

    private void NoteHint(FloatHistogram histogram)
    {
        _sawReset |= histogram.CounterResetHint == CounterResetHint.CounterReset;
        _sawNoReset |= histogram.CounterResetHint == CounterResetHint.NotCounterReset;
    }
}
