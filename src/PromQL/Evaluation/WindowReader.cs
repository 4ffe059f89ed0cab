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
    private readonly bool _withStarts;
    private readonly bool _skipsBuckets;
    private int _floatFrom;
    private int _floatTo;
    private int _histogramFrom;
    private int _histogramTo;

    /// <summary>Reads the windows of a subquery.</summary>
    public WindowReader(SelectorTime time, long range)
    {
        _time = time;
        _range = range;
    }

    private WindowReader(MatrixSelector matrix, long lookback, bool withStarts)
    {
        var selector = matrix.Selector;
        _time = new SelectorTime(selector.TimestampMs, selector.OffsetMs);
        _range = matrix.RangeMs;
        _anchored = selector.Anchored;
        _smoothed = selector.Smoothed;
        _withStarts = withStarts;
        _skipsBuckets = selector.SkipsBuckets;
        _before = _anchored || _smoothed ? lookback : 0;
        _ahead = _smoothed ? lookback : 0;
    }

    /// <summary>Reads the windows of a range selector.</summary>
    /// <param name="withStarts">Whether start times are wanted.</param>
    public static WindowReader Of(MatrixSelector matrix, long lookback, bool withStarts = false) => new(matrix, lookback, withStarts);

    /// <summary>The samples that are held.</summary>
    public int CountSamples => _columns.CountSamples();

    /// <summary>The samples of the series at hand.</summary>
    public SeriesColumns Columns => _columns;

    /// <summary>Whether a kernel may go through the windows: floats only, without start times, and no sample beyond the bounds.</summary>
    public bool IsPlain => !_anchored && !_smoothed && _columns.Histograms.Count == 0 && _columns.Starts.IsEmpty;

    /// <summary>Which stored time a step looks at.</summary>
    public SelectorTime Time => _time;

    /// <summary>The length of a window, milliseconds.</summary>
    public long Range => _range;

    /// <summary>The earliest time of a sample that any window of the grid wants.</summary>
    public long FirstTime(in Grid grid) => _time.First(grid) - _range - _before + 1;

    /// <summary>The latest time of a sample that any window of the grid wants.</summary>
    public long LastTime(in Grid grid) => _time.Last(grid) + _ahead;

    /// <summary>Begins with a stored series.</summary>
    public void Begin(ISeries series, in Grid grid, SampleLimiter limiter)
    {
        _columns.Read(series, FirstTime(grid), LastTime(grid), keepStale: false, _withStarts, _skipsBuckets, limiter);
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

        var starts = _columns.Starts;
        var histogramStarts = _columns.HistogramStarts;
        return new Window
        {
            Times = times[_floatFrom.._floatTo],
            Values = _columns.Values[_floatFrom.._floatTo],
            Histograms = CollectionsMarshal.AsSpan(histograms)[_histogramFrom.._histogramTo],
            Starts = starts.IsEmpty ? starts : starts[_floatFrom.._floatTo],
            HistogramStarts = histogramStarts.IsEmpty ? histogramStarts : histogramStarts[_histogramFrom.._histogramTo],
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
