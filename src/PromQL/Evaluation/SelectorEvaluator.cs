using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;
using Tallygate.PromQL.Values;
using Tallygate.Storage;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Evaluates instant selectors: at each step the newest sample that is younger than the look-back, unless it is a stale marker.</summary>
internal sealed class SelectorEvaluator
{
    private readonly QueryRun _run;
    private readonly SeriesColumns _columns = new();

    public SelectorEvaluator(QueryRun run) => _run = run;

    /// <summary>What a selector's float is worth to its user.</summary>
    public enum Kind
    {
        /// <summary>The value.</summary>
        Value,

        /// <summary>The time of the sample, in seconds.</summary>
        Seconds,

        /// <summary>The time at which the sample's counter began, in seconds; 0 where nobody knows.</summary>
        StartSeconds,

        /// <summary>The time of the sample, in milliseconds; histograms are refused.</summary>
        Milliseconds,
    }

    public List<Row> Evaluate(VectorSelector selector, in Grid grid, string function, Kind kind = Kind.Value)
    {
        var time = new SelectorTime(selector.TimestampMs, selector.OffsetMs);
        if (selector.Smoothed && kind == Kind.Value)
        {
            var (smoothed, first, last) = Select(selector.Matchers, grid, time, function, ahead: _run.Lookback);
            return new SmoothedSelector(_run, selector).Evaluate(smoothed, first, last, grid, time);
        }

        var (series, from, to) = Select(selector.Matchers, grid, time, function, ahead: 0);
        return Evaluate(series, from, to, grid, time, kind, selector.SkipsBuckets);
    }

    /// <summary>Evaluates a selector that is not smoothed row by row.</summary>
    public void Stream(VectorSelector selector, in Grid grid, string function, RowSink sink)
    {
        var time = new SelectorTime(selector.TimestampMs, selector.OffsetMs);
        var (series, from, to) = Select(selector.Matchers, grid, time, function, ahead: 0);
        Stream(series, from, to, grid, time, Kind.Value, selector.SkipsBuckets, sink);
    }

    /// <summary>Evaluates series that were selected by other means.</summary>
    /// <param name="skipsBuckets">Whether nobody will look at the buckets of histograms.</param>
    public List<Row> Evaluate(
        List<ISeries> series, long from, long to, in Grid grid, SelectorTime time, Kind kind, bool skipsBuckets = false)
    {
        var rows = new RowList(_run.Limiter);
        Stream(series, from, to, grid, time, kind, skipsBuckets, rows);
        return rows.Rows;
    }

    /// <summary>The series of a selector with samples between the first step's look-back and the last step.</summary>
    /// <param name="ahead">How far behind the last step samples are wanted too.</param>
    public (List<ISeries> Series, long From, long To) Select(
        IReadOnlyList<LabelMatcher> matchers, in Grid grid, SelectorTime time, string function, long ahead)
    {
        var from = time.First(grid) - _run.Lookback + 1;
        var to = time.Last(grid) + ahead;
        return (_run.Select(matchers, from, to, new SelectHints(from, to, grid.Step, 0, function)), from, to);
    }

    private void Stream(List<ISeries> series, long from, long to, in Grid grid, SelectorTime time, Kind kind, bool skipsBuckets, RowSink sink)
    {
        var steps = grid.Count;
        foreach (var one in series)
        {
            _columns.Read(one, from, to, keepStale: true, withStarts: kind == Kind.StartSeconds, skipsBuckets, _run.Limiter);
            _run.Limiter.Work(steps);
            if (_columns.Count == 0 && _columns.Histograms.Count == 0)
            {
                continue;
            }

            var row = sink.Next(one.Labels, steps);
            var held = _run.Limiter.Held;
            if (Fill(row, grid, time, kind))
            {
                sink.Take(row);
            }

            _run.Limiter.Count(_columns.CountSamples(), _run.Limiter.Held - held);
        }
    }

    private static bool FillFloats(
        ReadOnlySpan<long> times, ReadOnlySpan<double> values, Span<double> results, in Grid grid, SelectorTime time, long lookback)
    {
        var next = 0;
        var any = false;
        for (var step = 0; step < results.Length; step++)
        {
            var at = time.Of(grid.At(step));
            while (next < times.Length && times[next] <= at)
            {
                next++;
            }

            if (next > 0 && times[next - 1] > at - lookback)
            {
                var value = values[next - 1];
                results[step] = value;
                any |= !StaleMarker.Is(value);
            }
        }

        return any;
    }

    private bool Fill(Row row, in Grid grid, SelectorTime time, Kind kind)
    {
        var times = _columns.Times;
        var histograms = _columns.Histograms;
        if (histograms.Count == 0 && kind == Kind.Value && !_run.IsGeneric)
        {
            return FillFloats(times, _columns.Values, row.Values, grid, time, _run.Lookback);
        }

        var nextFloat = 0;
        var nextHistogram = 0;
        var any = false;
        var steps = row.Steps;
        for (var step = 0; step < steps; step++)
        {
            var at = time.Of(grid.At(step));
            while (nextFloat < times.Length && times[nextFloat] <= at)
            {
                nextFloat++;
            }

            while (nextHistogram < histograms.Count && histograms[nextHistogram].Time <= at)
            {
                nextHistogram++;
            }

            var floatTime = nextFloat > 0 ? times[nextFloat - 1] : long.MinValue;
            var histogramTime = nextHistogram > 0 ? histograms[nextHistogram - 1].Time : long.MinValue;
            var found = Math.Max(floatTime, histogramTime);
            if (found == long.MinValue || found <= at - _run.Lookback)
            {
                continue;
            }

            any |= floatTime >= histogramTime
                ? SetFloat(row, step, nextFloat - 1, kind)
                : SetHistogram(row, step, nextHistogram - 1, kind);
        }

        return any;
    }

    private bool SetFloat(Row row, int step, int at, Kind kind)
    {
        var value = _columns.Values[at];
        if (StaleMarker.Is(value))
        {
            return false;
        }

        row.Values[step] = kind switch
        {
            Kind.Value => value,
            Kind.Seconds => _columns.Times[at] / 1000.0,
            Kind.StartSeconds => StartTimes.At(_columns.Starts, at) / 1000.0,
            _ => _columns.Times[at],
        };
        return true;
    }

    private bool SetHistogram(Row row, int step, int at, Kind kind)
    {
        var point = _columns.Histograms[at];
        if (StaleMarker.Is(point.Histogram.Sum))
        {
            return false;
        }

        switch (kind)
        {
            case Kind.Value:
                row.SetHistogram(step, point.Histogram);
                return true;
            case Kind.Seconds:
                row.Values[step] = point.Time / 1000.0;
                return true;
            case Kind.StartSeconds:
                row.Values[step] = StartTimes.At(_columns.HistogramStarts, at) / 1000.0;
                return true;
            default:
                throw QueryException.Execution($"this should be an info metric, with float samples: {row.Labels}");
        }
    }
}
