using Tallygate.PromQL.Parsing;
using Tallygate.PromQL.Values;
using Tallygate.Storage;

namespace Tallygate.PromQL.Scripts;

/// <summary>
/// Runs test scripts against a store of its own. Each instant query is also checked as a range query around its time, and with all its
/// selectors fixed to its time and asked at others. Not thread-safe.
/// </summary>
public sealed class ScriptRunner
{
    /// <summary>The settings that scripts are written for: everything experimental is on.</summary>
    public static readonly EngineOptions Settings = new()
    {
        MaxSamples = 10_000,
        DefaultSubqueryStep = TimeSpan.FromMinutes(1),
        ExperimentalFunctions = true,
        ExtendedRangeSelectors = true,
        FillModifiers = true,
        DelayedNameRemoval = true,
        StartTimestamps = true,
    };

    private const long Minute = 60_000;

    private readonly Engine _engine;
    private readonly Func<ScriptStorage> _newStorage;

    /// <param name="newStorage">Makes an empty store; asked at the start of a script and at each <c>clear</c>.</param>
    /// <param name="time">Measures timeouts.</param>
    public ScriptRunner(Func<ScriptStorage> newStorage, TimeProvider time)
    {
        _engine = new Engine(Settings, time);
        _newStorage = newStorage;
    }

    /// <summary>Runs a script to its end. There is a result for each query, and one for each other command that failed.</summary>
    public IReadOnlyList<ScriptResult> Run(Script script)
    {
        ArgumentNullException.ThrowIfNull(script);
        var results = new List<ScriptResult>();
        var storage = _newStorage();
        try
        {
            foreach (var command in script.Commands)
            {
                switch (command)
                {
                    case ClearCommand:
                        storage.Dispose();
                        storage = _newStorage();
                        break;
                    case LoadCommand load when Load(load, storage.Appendable) is { } failure:
                        results.Add(new ScriptResult(load.Line, "load", failure));
                        break;
                    case EvalCommand eval:
                        results.Add(new ScriptResult(eval.Line, eval.Text, Check(eval, storage.Queryable)));
                        break;
                }
            }
        }
        finally
        {
            storage.Dispose();
        }

        return results;
    }

    private static string? Load(LoadCommand load, IAppendableStorage storage)
    {
        IEnumerable<SeriesDescription> all = load.Series;
        if (load.WithCustomBuckets)
        {
            if (!CustomBucketConversion.TryConvert(load.Series, out var converted, out var error))
            {
                return error;
            }

            all = all.Concat(converted);
        }

        using var appender = storage.Appender();
        foreach (var series in all)
        {
            var reference = default(SeriesRef);
            for (var i = 0; i < series.Values.Count; i++)
            {
                var value = series.Values[i];
                if (value.Omitted)
                {
                    continue;
                }

                var time = i * load.Interval;
                var start = series.StartOffsetsMs?[i] is { } offset ? time + offset : 0;
                var status = value.Histogram is { } histogram
                    ? appender.Append(ref reference, series.Labels, time, histogram.Copy(), start)
                    : appender.Append(ref reference, series.Labels, time, value.Value, start);
                if (status is not (AppendStatus.Appended or AppendStatus.Duplicate))
                {
                    return $"cannot load {series.Labels} at {time} ms: {status}";
                }
            }
        }

        appender.Commit();
        return null;
    }

    private string? Check(EvalCommand eval, IQueryableStorage storage)
    {
        if (eval.IsRange)
        {
            return CheckResult(eval, _engine.Range(storage, eval.Expr, eval.Text, eval.Start, eval.End, eval.Step));
        }

        if (CheckInstant(eval, storage, eval.Expr, eval.Time, "") is { } failure)
        {
            return failure;
        }

        if (!FixedTime.TryApply(eval.Expr, eval.Time, out var fixedExpr))
        {
            return null;
        }

        long[] times = eval.Time == 0 ? [-1000, 0, 1000] : [-10 * eval.Time, 0, eval.Time / 5, eval.Time, 10 * eval.Time];
        foreach (var time in times)
        {
            if (CheckInstant(eval, storage, fixedExpr, time, $" (fixed to its time and asked at {time} ms)") is { } fixedFailure)
            {
                return fixedFailure;
            }
        }

        return null;
    }

    private string? CheckInstant(EvalCommand eval, IQueryableStorage storage, Ast.Expr expr, long time, string mode)
    {
        var result = _engine.Instant(storage, expr, eval.Text, time);
        if (CheckResult(eval, result) is { } failure)
        {
            return failure + mode;
        }

        if (result.Error is not null || eval.ExpectsRangeVector || eval.ExpectedText is not null || FixedTime.DependsOnQueryTimes(eval.Text))
        {
            return null;
        }

        var around = _engine.Range(storage, expr, eval.Text, time - Minute, time + Minute, Minute);
        if (around.Error is { } error)
        {
            return $"in range mode: {error.Message}{mode}";
        }

        if (eval.IsOrdered)
        {
            return null;
        }

        var value = At((Matrix)around.Value!, time, result.Value is Scalar);
        return ResultComparison.Compare(eval, value) is { } difference ? $"in range mode: {difference}{mode}" : null;
    }

    private static string? CheckResult(EvalCommand eval, QueryResult result)
    {
        if (result.Error is { } error)
        {
            if (eval.Failure is null)
            {
                return $"error evaluating query: {error.Message}";
            }

            return eval.Failure.IsMetBy(error.Message) ? null : $"expected an error with {eval.Failure}, got: {error.Message}";
        }

        if (eval.Failure is not null)
        {
            return "expected an error, got none";
        }

        return eval.Warnings.Check(result.Warnings) ?? eval.Infos.Check(result.Infos) ?? ResultComparison.Compare(eval, result.Value!);
    }

    /// <summary>What a range query's answer says of one time, as an instant query would.</summary>
    private static QueryValue At(Matrix matrix, long time, bool isScalar)
    {
        var samples = new List<VectorSample>();
        foreach (var series in matrix.Series)
        {
            foreach (var point in series.Floats.Where(point => point.Time == time))
            {
                samples.Add(new VectorSample(series.Labels, time, point.Value));
            }

            foreach (var point in series.Histograms.Where(point => point.Time == time))
            {
                samples.Add(new VectorSample(series.Labels, time, 0, point.Histogram));
            }
        }

        return isScalar ? new Scalar(time, samples[0].Value) : new Vector(samples);
    }
}
