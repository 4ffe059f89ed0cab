using Tallygate.Model;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Evaluation.Kernels;
using Tallygate.PromQL.Functions;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Evaluates function calls: over windows series by series, all others over whole rows.</summary>
internal sealed class CallEvaluator
{
    private static readonly string[] CounterSuffixes = ["_total", "_sum", "_count", "_bucket"];

    private readonly Evaluator _evaluator;
    private readonly QueryRun _run;

    public CallEvaluator(Evaluator evaluator)
    {
        _evaluator = evaluator;
        _run = evaluator.Run;
    }

    public List<Row> Evaluate(CallExpr call, in Grid grid)
    {
        var name = call.Function.Name;
        if (FunctionTable.TryGetRange(name, out var range))
        {
            return EvaluateRange(call, range, grid);
        }

        if (name == "info")
        {
            return new InfoEvaluator(_evaluator).Evaluate(call, grid);
        }

        if (name is ("timestamp" or "start_timestamp") && call.Arguments[0] is VectorSelector selector)
        {
            if (name == "start_timestamp" && !_run.UsesStartTimes)
            {
                return [];
            }

            var kind = name == "timestamp" ? SelectorEvaluator.Kind.Seconds : SelectorEvaluator.Kind.StartSeconds;
            var rows = _evaluator.Selectors.Evaluate(selector, grid, name, kind);
            rows.ForEach(row => RowSet.DropName(row, _run.DelayedNameRemoval));
            return RowSet.Merge(rows, _run.Limiter.Work);
        }

        if (!FunctionTable.TryGetVector(name, out var function))
        {
            throw QueryException.Execution($"function {name} is not supported");
        }

        var result = function(new VectorCall
        {
            Call = call,
            Arguments = EvaluateArguments(call, grid),
            Grid = grid,
            Annotations = _run.Annotations,
            DelayedNameRemoval = _run.DelayedNameRemoval,
            Work = _run.Limiter.Work,
        });
        result.RemoveAll(static row => row.IsEmpty());
        return RowSet.Merge(result, _run.Limiter.Work);
    }

    /// <summary>Whether a call gives its rows series by series.</summary>
    public static bool CanStream(CallExpr call) =>
        call.Function.Name != "absent_over_time" && FunctionTable.TryGetRange(call.Function.Name, out _);

    /// <summary>Evaluates such a call row by row.</summary>
    public void Stream(CallExpr call, in Grid grid, RowSink sink)
    {
        FunctionTable.TryGetRange(call.Function.Name, out var function);
        Stream(call, function!, grid, sink);
    }

    private List<List<Row>?> EvaluateArguments(CallExpr call, in Grid grid)
    {
        var arguments = new List<List<Row>?>(call.Arguments.Count);
        foreach (var argument in call.Arguments)
        {
            arguments.Add(argument.Type == ExprType.String ? null : _evaluator.Evaluate(argument, grid, call.Function.Name));
        }

        return arguments;
    }

    private void Stream(CallExpr call, RangeFunction function, in Grid grid, RowSink sink)
    {
        Expr? matrix = null;
        var scalars = new List<double[]>();
        foreach (var argument in call.Arguments)
        {
            if (argument is MatrixSelector or SubqueryExpr)
            {
                matrix = argument;
            }
            else
            {
                scalars.Add(_evaluator.Evaluate(argument, grid)[0].Values);
            }
        }

        if (matrix is SubqueryExpr subquery)
        {
            OverSubquery(call, function, subquery, scalars, grid, sink);
        }
        else
        {
            OverSelector(call, function, (MatrixSelector)matrix!, scalars, grid, sink);
        }
    }

    private List<Row> EvaluateRange(CallExpr call, RangeFunction function, in Grid grid)
    {
        var list = new RowList(_run.Limiter);
        Stream(call, function, grid, list);
        var rows = list.Rows;
        if (call.Function.Name == "absent_over_time")
        {
            var absent = AbsentFunctions.Where(rows, call.Arguments[0], grid.Count, _run.Limiter.Work);
            absent.ForEach(static row => row.DropsName = true);
            return absent;
        }

        if (!_run.DelayedNameRemoval)
        {
            RowSet.RefuseTwins(rows, _run.Limiter.Work);
        }

        return rows;
    }

    private void OverSelector(
        CallExpr call, RangeFunction function, MatrixSelector matrix, List<double[]> scalars, in Grid grid, RowSink sink)
    {
        var name = call.Function.Name;
        RefuseExtension(matrix.Selector.Anchored, "anchored", FunctionTable.Anchored, name);
        RefuseExtension(matrix.Selector.Smoothed, "smoothed", FunctionTable.Smoothed, name);
        var withStarts = _run.UsesStartTimes && name is ("rate" or "irate" or "increase" or "resets");
        var windows = WindowReader.Of(matrix, _run.Lookback, withStarts);
        var from = windows.FirstTime(grid);
        var to = windows.LastTime(grid);
        var context = new RangeCall(call, _run.Annotations, scalars.Count) { RangeSeconds = matrix.RangeMs / 1000.0 };
        var series = _run.Select(
            matrix.Selector.Matchers, from, to, new Storage.SelectHints(from, to, grid.Step, matrix.RangeMs, name));
        var kernel = KernelOf(context);
        foreach (var one in series)
        {
            windows.Begin(one, grid, _run.Limiter);
            _run.Limiter.Count(windows.CountSamples, 0);
            Slide(windows, function, kernel, context, one.Labels, dropsName: false, scalars, grid, sink);
        }
    }

    private void OverSubquery(
        CallExpr call, RangeFunction function, SubqueryExpr subquery, List<double[]> scalars, in Grid grid, RowSink sink)
    {
        var inner = SubqueryEvaluator.Evaluate(_evaluator, subquery, grid, out var innerGrid);
        var windows = new WindowReader(SubqueryEvaluator.TimeOf(subquery), SubqueryEvaluator.RangeOf(subquery, _run));
        var context = new RangeCall(call, _run.Annotations, scalars.Count) { RangeSeconds = subquery.RangeMs / 1000.0 };
        var kernel = KernelOf(context);
        foreach (var row in inner)
        {
            windows.Begin(row, innerGrid);
            Slide(windows, function, kernel, context, row.Labels, row.DropsName, scalars, grid, sink);
        }
    }

    /// <summary>Calls the function for each step's window of one series.</summary>
    private void Slide(
        WindowReader windows,
        RangeFunction function,
        KernelRunner? kernel,
        RangeCall context,
        Labels labels,
        bool dropsName,
        List<double[]> scalars,
        in Grid grid,
        RowSink sink)
    {
        var held = _run.Limiter.Held;
        _run.Limiter.Hold(windows.CountSamples);
        context.Labels = labels;
        var row = kernel is not null && windows.IsPlain
            ? RunKernel(windows, kernel, context, scalars, grid, sink)
            : Call(windows, function, context, scalars, grid, sink);
        _run.Limiter.ReturnTo(held);
        if (row is null)
        {
            return;
        }

        var name = context.Call.Function.Name;
        if (dropsName || name is not ("last_over_time" or "first_over_time"))
        {
            RowSet.DropName(row, _run.DelayedNameRemoval);
        }

        if (name is "rate" or "increase")
        {
            InformOfNonCounter(context, row);
        }

        sink.Take(row);
    }

    private KernelRunner? KernelOf(RangeCall context) =>
        !_run.IsGeneric && WindowKernel.For(context.Call.Function.Name, context.RangeSeconds) is { } kernel
            ? new KernelRunner(kernel, _run.Limiter)
            : null;

    private static Row? RunKernel(
        WindowReader windows, KernelRunner kernel, RangeCall context, List<double[]> scalars, in Grid grid, RowSink sink)
    {
        if (windows.Columns.Count == 0)
        {
            return null;
        }

        var row = sink.Next(context.Labels, grid.Count);
        ReadOnlySpan<double> parameter = scalars.Count > 0 ? scalars[0] : [];
        kernel.Run(windows.Columns, windows.Time, windows.Range, grid, parameter, row.Values);
        if (row.IsEmpty())
        {
            return null;
        }

        for (var step = 0; kernel.GoesByQuantile && step < parameter.Length; step++)
        {
            if (Quantiles.IsInvalid(parameter[step]) && row.HasFloat(step))
            {
                context.Annotations.Warn(Quantiles.InvalidText(parameter[step]), context.FirstArgument);
            }
        }

        return row;
    }

    private Row? Call(
        WindowReader windows, RangeFunction function, RangeCall context, List<double[]> scalars, in Grid grid, RowSink sink)
    {
        Row? row = null;
        var steps = grid.Count;
        for (var step = 0; step < steps; step++)
        {
            var window = windows.Move(grid.At(step));
            _run.Limiter.Work(window.Times.Length + window.Histograms.Length + 1);
            _run.Limiter.Count(0, window.Times.Length + window.Histograms.Length);
            if (window.Times.IsEmpty && window.Histograms.IsEmpty)
            {
                continue;
            }

            for (var i = 0; i < scalars.Count; i++)
            {
                context.Scalars[i] = scalars[i][step];
            }

            var value = function(window, context);
            if (context.Histogram is { } histogram)
            {
                row ??= sink.Next(context.Labels, steps);
                row.SetHistogram(step, histogram);
                context.Histogram = null;
            }
            else if (!StaleMarker.Is(value))
            {
                row ??= sink.Next(context.Labels, steps);
                row.Values[step] = value;
            }
        }

        return row;
    }

    private void InformOfNonCounter(RangeCall context, Row row)
    {
        var name = context.MetricName;
        if (name.Length == 0 || !Array.Exists(row.Values, static value => !StaleMarker.Is(value)))
        {
            return;
        }

        if (_run.TypeAndUnitLabels)
        {
            var type = context.Labels.Get("__type__");
            if (type is not ("counter" or "histogram"))
            {
                context.Annotations.Inform(
                    $"metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got {GoQuote.Quote(type)}: "
                        + GoQuote.Quote(name),
                    context.FirstArgument);
            }
        }
        else if (!Array.Exists(CounterSuffixes, suffix => name.EndsWith(suffix, StringComparison.Ordinal)))
        {
            context.Annotations.Inform(
                $"metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {GoQuote.Quote(name)}",
                context.FirstArgument);
        }
    }

    private static void RefuseExtension(bool isUsed, string modifier, string[] allowed, string function)
    {
        if (isUsed && !allowed.Contains(function))
        {
            throw QueryException.Execution(
                $"{modifier} modifier can only be used with: {string.Join(", ", allowed)} - not with {function}");
        }
    }
}
