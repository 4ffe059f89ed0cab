using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;
using Tallygate.PromQL.Values;
using Tallygate.Storage;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// Evaluates instant selectors that are <c>smoothed</c>: at each step the value on the line between the samples before and after it; behind
/// the last sample its value goes on for the look-back. Samples further off than the look-back, on either side, are not seen.
/// </summary>
internal sealed class SmoothedSelector
{
    private readonly QueryRun _run;
    private readonly VectorSelector _selector;
    private readonly SeriesColumns _columns = new();

    public SmoothedSelector(QueryRun run, VectorSelector selector)
    {
        _run = run;
        _selector = selector;
    }

    public List<Row> Evaluate(List<ISeries> series, long from, long to, in Grid grid, SelectorTime time)
    {
        var rows = new List<Row>(series.Count);
        foreach (var one in series)
        {
            _columns.Read(one, from, to, keepStale: false, withStarts: false, _selector.SkipsBuckets, _run.Limiter);
            _run.Limiter.MakeRoom(grid.Count);
            var row = Row.Blank(one.Labels, grid.Count);
            for (var step = 0; step < row.Steps; step++)
            {
                // Each step looks for its samples from the first one on.
                _run.Limiter.Work(1 + ((_columns.Count + _columns.Histograms.Count) / 8));
                Fill(row, step, time.Of(grid.At(step)));
            }

            if (!row.IsEmpty())
            {
                rows.Add(row);
                _run.Limiter.Hold(row.CountSamples());
            }
        }

        return rows;
    }

    private void Fill(Row row, int step, long at)
    {
        var floats = Seen(_columns.Times, at);
        var histograms = _columns.Histograms.FindAll(point => point.Time > at - _run.Lookback && point.Time <= at + _run.Lookback);
        if (floats.From < floats.To && histograms.Count > 0)
        {
            _run.Annotations.Warn(
                $"encountered a mix of histograms and floats for metric name {GoQuote.Quote(row.Labels.Name)}", _selector.Position);
        }
        else if (histograms.Count > 0)
        {
            FillHistogram(row, step, at, histograms);
        }
        else
        {
            FillFloat(row, step, at, floats);
        }
    }

    private (int From, int To) Seen(ReadOnlySpan<long> times, long at)
    {
        var from = 0;
        while (from < times.Length && times[from] <= at - _run.Lookback)
        {
            from++;
        }

        var to = from;
        while (to < times.Length && times[to] <= at + _run.Lookback)
        {
            to++;
        }

        return (from, to);
    }

    private void FillFloat(Row row, int step, long at, (int From, int To) seen)
    {
        var times = _columns.Times[seen.From..seen.To];
        var values = _columns.Values[seen.From..seen.To];
        var next = 0;
        while (next < times.Length && times[next] < at)
        {
            next++;
        }

        if (next < times.Length && times[next] == at)
        {
            row.Values[step] = values[next];
        }
        else if (next > 0)
        {
            row.Values[step] = next < times.Length
                ? ExtendedRates.Interpolate(times[next - 1], values[next - 1], times[next], values[next], at, isCounter: false)
                : values[next - 1];
        }
    }

    private void FillHistogram(Row row, int step, long at, List<HPoint> points)
    {
        var next = points.FindIndex(point => point.Time >= at);
        if (next >= 0 && points[next].Time == at)
        {
            row.SetHistogram(step, points[next].Histogram);
        }
        else if (next > 0)
        {
            // A counter, unless both say that they are gauges.
            var (from, to) = (points[next - 1], points[next]);
            var isCounter = from.Histogram.CounterResetHint != CounterResetHint.Gauge || to.Histogram.CounterResetHint != CounterResetHint.Gauge;
            if (from.Histogram.UsesCustomBuckets != to.Histogram.UsesCustomBuckets)
            {
                _run.Annotations.WarnOfMixedSchemas(row.Labels.Name, _selector.Position);
            }
            else if (ExtendedHistogramRates.Interpolate(
                from, to, at, isCounter, _run.Annotations, row.Labels.Name, _selector.Position) is { } between)
            {
                row.SetHistogram(step, between);
            }
        }
        else if (next < 0)
        {
            // The hint speaks of a sample and the one before it, not of a value that goes on.
            row.SetHistogram(step, points[^1].Histogram.WithHint(CounterResetHint.Unknown));
        }
    }
}
