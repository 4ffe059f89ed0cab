using System.Runtime.InteropServices;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;
using Tallygate.PromQL.Values;
using Tallygate.Storage;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Slides a window over the samples of one series after the other, by pointers that only go forward. The window is (end - range, end];
/// anchored and smoothed windows hold samples of the look-back beyond it.
/// </summary>
internal sealed class WindowReader
{
    private readonly SeriesColumns _columns = new();
    private readonly SelectorTime _time;
    private readonly long _range;
    private readonly long _before;
    private readonly long _ahead;
    private readonly bool _anchored;
    private readonly bool _smoothed;
    private int _floatFrom;
    private int _floatTo;
    private int _histogramFrom;
    private int _histogramTo;

    public WindowReader(SelectorTime time, long range, long lookback, bool anchored, bool smoothed)
    {
        _time = time;
        _range = range;
        _anchored = anchored;
        _smoothed = smoothed;
        _before = anchored || smoothed ? lookback : 0;
        _ahead = smoothed ? lookback : 0;
    }

    public static WindowReader Of(MatrixSelector matrix, long lookback) => new(
        new SelectorTime(matrix.Selector.TimestampMs, matrix.Selector.OffsetMs),
        matrix.RangeMs,
        lookback,
        matrix.Selector.Anchored,
        matrix.Selector.Smoothed);

    /// <summary>The samples that are held.</summary>
    public int CountSamples => _columns.CountSamples();

    /// <summary>The samples of the series at hand.</summary>
    public SeriesColumns Columns => _columns;

    /// <summary>Whether a kernel may go through the windows: floats only, and no sample beyond the bounds.</summary>
    public bool IsPlain => !_anchored && !_smoothed && _columns.Histograms.Count == 0;

    /// <summary>Which stored time a step looks at.</summary>
    public SelectorTime Time => _time;

    /// <summary>The length of a window, milliseconds.</summary>
    public long Range => _range;

    /// <summary>The earliest time of a sample that any window of the grid wants.</summary>
    public long FirstTime(in Grid grid) => _time.First(grid) - _range - _before + 1;

    /// <summary>The latest time of a sample that any window of the grid wants.</summary>
    public long LastTime(in Grid grid) => _time.Last(grid) + _ahead;

    /// <summary>Begins with a stored series.</summary>
    public void Begin(ISeries series, in Grid grid)
    {
        _columns.Read(series, FirstTime(grid), LastTime(grid), keepStale: false);
        Rewind();
    }

    /// <summary>Begins with a row over another grid: the answer of a subquery.</summary>
    public void Begin(Row row, in Grid grid)
    {
        _columns.Read(row, grid);
        Rewind();
    }

    /// <summary>The window at a step, which must not lie before that of the call before.</summary>
    public Window Move(long step)
    {
        var end = _time.Of(step);
        var start = end - _range;
        var times = _columns.Times;
        var histograms = _columns.Histograms;
        while (_floatTo < times.Length && times[_floatTo] <= end + _ahead)
        {
            _floatTo++;
        }

        while (_floatFrom < _floatTo && times[_floatFrom] <= start - _before)
        {
            _floatFrom++;
        }

        while (_histogramTo < histograms.Count && histograms[_histogramTo].Time <= end + _ahead)
        {
            _histogramTo++;
        }

        while (_histogramFrom < _histogramTo && histograms[_histogramFrom].Time <= start - _before)
        {
            _histogramFrom++;
        }

        return new Window
        {
            Times = times[_floatFrom.._floatTo],
            Values = _columns.Values[_floatFrom.._floatTo],
            Histograms = CollectionsMarshal.AsSpan(histograms)[_histogramFrom.._histogramTo],
            Start = start,
            End = end,
            EvaluationTime = step,
            Anchored = _anchored,
            Smoothed = _smoothed,
        };
    }

    private void Rewind()
    {
        _floatFrom = 0;
        _floatTo = 0;
        _histogramFrom = 0;
        _histogramTo = 0;
    }
}
