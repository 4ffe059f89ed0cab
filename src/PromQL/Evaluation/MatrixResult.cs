using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Functions;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Makes the answer of a query out of rows.</summary>
internal static class MatrixResult
{
    /// <summary>The rows as series, sorted by labels.</summary>
    /// <param name="work">Called for work done, so that the query can be ended in between.</param>
    public static Matrix Of(List<Row> rows, in Grid grid, Action<int> work)
    {
        var series = new List<MatrixSeries>(rows.Count);
        foreach (var row in rows)
        {
            work(1 + row.Steps);
            var histograms = row.Histograms is null ? null : new List<HPoint>();
            var floats = Floats(row, grid);
            for (var step = 0; histograms is not null && step < row.Steps; step++)
            {
                if (row.HistogramAt(step) is { } histogram)
                {
                    histograms.Add(new HPoint(grid.At(step), histogram));
                }
            }

            if (floats.Length > 0 || histograms is { Count: > 0 })
            {
                series.Add(new MatrixSeries(row.Labels, floats, (IReadOnlyList<HPoint>?)histograms ?? []));
            }
        }

        WatchedSort.Sort(series, static (a, b) => a.Labels.CompareTo(b.Labels), work);
        return new Matrix(series);
    }

    /// <summary>The rows of one step as the vector that an expression gives.</summary>
    public static Vector VectorOf(Expr expr, List<Row> rows, long time)
    {
        var samples = new List<VectorSample>(rows.Count);
        foreach (var row in rows)
        {
            if (row.Has(0))
            {
                var histogram = row.HistogramAt(0);
                samples.Add(new VectorSample(row.Labels, time, histogram is null ? row.Values[0] : 0, histogram));
            }
        }

        AnswerOrder.Apply(expr, samples);
        return new Vector(samples);
    }

    /// <summary>The raw samples of a range selector's one window.</summary>
    public static Matrix Of(Evaluator evaluator, MatrixSelector matrix, long time)
    {
        var series = new List<MatrixSeries>();
        var grid = Grid.Instant(time);
        var windows = WindowReader.Of(matrix, evaluator.Run.Lookback);
        var from = windows.FirstTime(grid);
        var to = windows.LastTime(grid);
        var hints = new Storage.SelectHints(from, to, 0, matrix.RangeMs);
        foreach (var one in evaluator.Run.Select(matrix.Selector.Matchers, from, to, hints))
        {
            windows.Begin(one, grid, evaluator.Run.Limiter);
            evaluator.Run.Limiter.Hold(windows.CountSamples);
            var window = windows.Move(time);
            var floats = window.IsExtended ? Extended(window) : Plain(window);
            if (floats.Count > 0 || !window.Histograms.IsEmpty)
            {
                series.Add(new MatrixSeries(one.Labels, floats, window.Histograms.ToArray()));
            }
        }

        WatchedSort.Sort(series, static (a, b) => a.Labels.CompareTo(b.Labels), evaluator.Run.Limiter.Work);
        return new Matrix(series);
    }

    private static FPoint[] Floats(Row row, in Grid grid)
    {
        var floats = new FPoint[row.CountFloats()];
        var at = 0;
        for (var step = 0; step < row.Steps; step++)
        {
            if (row.HasFloat(step))
            {
                floats[at++] = new FPoint(grid.At(step), row.Values[step]);
            }
        }

        return floats;
    }

    private static List<FPoint> Plain(in Window window)
    {
        var points = new List<FPoint>(window.Times.Length);
        for (var i = 0; i < window.Times.Length; i++)
        {
            points.Add(new FPoint(window.Times[i], window.Values[i]));
        }

        return points;
    }

    private static List<FPoint> Extended(in Window window)
    {
        if (!window.Histograms.IsEmpty)
        {
            throw QueryException.Execution(
                $"{(window.Anchored ? "anchored" : "smoothed")} modifier is not supported with histograms");
        }

        if (window.Times.IsEmpty)
        {
            return [];
        }

        var times = new List<long>();
        var values = new List<double>();
        ExtendedRates.Extend(window, times, values);
        return [.. times.Select((time, i) => new FPoint(time, values[i]))];
    }
}
