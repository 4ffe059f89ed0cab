using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Evaluation;
using Tallygate.PromQL.Parsing;
using Tallygate.PromQL.Values;
using Tallygate.Storage;

namespace Tallygate.PromQL;

/// <summary>
/// Answers PromQL queries over a store. It has no state but its settings: thread-safe, and each query runs on its caller's thread.
/// A query never throws for what a user wrote or stored; the result carries the error.
/// </summary>
public sealed class Engine
{
    private readonly EngineOptions _options;
    private readonly TimeProvider _time;
    private readonly QueryLog? _log;

    /// <summary>Makes an engine.</summary>
    /// <param name="time">Measures timeouts; it has no part in any answer.</param>
    /// <param name="log">Told of each query that was evaluated; null: nobody is.</param>
    public Engine(EngineOptions options, TimeProvider time, QueryLog? log = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _time = time;
        _log = log;
        ParserOptions = new ParserOptions
        {
            ExperimentalFunctions = options.ExperimentalFunctions,
            ExtendedRangeSelectors = options.ExtendedRangeSelectors,
            FillModifiers = options.FillModifiers,
        };
    }

    /// <summary>What of the language is switched on, for who parses once and evaluates often.</summary>
    public ParserOptions ParserOptions { get; }

    /// <summary>Whether queries are logged now, so that it is worth saying where they come from.</summary>
    public bool IsLogging => _log is { IsOn: true };

    /// <summary>Evaluates <paramref name="query"/> at one instant.</summary>
    /// <param name="storage">The store; the query reads one snapshot of it.</param>
    /// <param name="time">Unix milliseconds.</param>
    public QueryResult Instant(
        IQueryableStorage storage, string query, long time, QueryOptions? options = null, CancellationToken cancellation = default) =>
        Parser.TryParseExpr(query, ParserOptions, out var expr, out var errors)
            ? Instant(storage, expr, query, time, options, cancellation)
            : Invalid(errors[0].ToString());

    /// <summary>Evaluates an expression that was parsed before at one instant.</summary>
    /// <param name="text">The text that was parsed, to which the places in annotations refer.</param>
    public QueryResult Instant(
        IQueryableStorage storage,
        Expr expr,
        string text,
        long time,
        QueryOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(expr);
        if (expr.Type == ExprType.String)
        {
            return Logged(text, (time, time, 0), options, new QueryResult(new StringValue(time, TextOf(expr)), null, [], []));
        }

        Func<Evaluator, QueryValue> evaluate = evaluator =>
        {
            var prepared = Preparation.Prepare(expr, time, time, step: 0);
            if (expr.Type == ExprType.Matrix)
            {
                return evaluator.EvaluateMatrix(prepared, time);
            }

            var rows = evaluator.EvaluateRoot(prepared, Grid.Instant(time));
            return expr.Type == ExprType.Scalar ? new Scalar(time, rows[0].Values[0]) : MatrixResult.VectorOf(expr, rows, time);
        };
        return Logged(text, (time, time, 0), options, Run(storage, text, options, evaluate, cancellation));
    }

    /// <summary>Evaluates <paramref name="query"/> at start, start + step, … up to and including end. The answer is always a matrix.</summary>
    /// <param name="storage">The store; the query reads one snapshot of it.</param>
    /// <param name="start">Unix milliseconds.</param>
    /// <param name="end">Unix milliseconds, not before <paramref name="start"/>.</param>
    /// <param name="step">Milliseconds, positive.</param>
    public QueryResult Range(
        IQueryableStorage storage,
        string query,
        long start,
        long end,
        long step,
        QueryOptions? options = null,
        CancellationToken cancellation = default) =>
        Parser.TryParseExpr(query, ParserOptions, out var expr, out var errors)
            ? Range(storage, expr, query, start, end, step, options, cancellation)
            : Invalid(errors[0].ToString());

    /// <summary>Evaluates an expression that was parsed before at start, start + step, … up to and including end.</summary>
    /// <param name="text">The text that was parsed, to which the places in annotations refer.</param>
    public QueryResult Range(
        IQueryableStorage storage,
        Expr expr,
        string text,
        long start,
        long end,
        long step,
        QueryOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(expr);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        if (expr.Type is not (ExprType.Vector or ExprType.Scalar))
        {
            return Invalid(
                $"invalid expression type \"{expr.Type.DocumentedName()}\" for range query, must be Scalar or instant Vector");
        }

        Func<Evaluator, QueryValue> evaluate = evaluator =>
        {
            var grid = new Grid(start, end, step);
            return MatrixResult.Of(evaluator.EvaluateRoot(Preparation.Prepare(expr, start, end, step), grid), grid, evaluator.Run.Limiter.Work);
        };
        return Logged(text, (start, end, step), options, Run(storage, text, options, evaluate, cancellation));
    }

    private QueryResult Run(
        IQueryableStorage storage,
        string text,
        QueryOptions? options,
        Func<Evaluator, QueryValue> evaluate,
        CancellationToken cancellation)
    {
        var began = _time.GetTimestamp();
        var timeout = options?.Timeout is { } asked && asked < _options.Timeout ? asked : _options.Timeout;
        var lookback = options?.LookbackDelta is { } other && other > TimeSpan.Zero ? other : _options.LookbackDelta;
        var limiter = new SampleLimiter(_options.MaxSamples, _time, timeout, cancellation, options?.MostWork ?? 0);
        using var run = new QueryRun(storage, limiter)
        {
            Lookback = (long)lookback.TotalMilliseconds,
            SubqueryStep = (long)_options.DefaultSubqueryStep.TotalMilliseconds,
            DelayedNameRemoval = _options.DelayedNameRemoval,
            IsGeneric = _options.IsGeneric,
            HasClosedSubqueries = _options.HasClosedSubqueries,
            UsesStartTimes = _options.StartTimestamps,
            TypeAndUnitLabels = _options.TypeAndUnitLabels,
        };
        var prepared = _time.GetElapsedTime(began);
        QueryValue? value = null;
        QueryError? error = null;
        try
        {
            value = evaluate(new Evaluator(run));
        }
        catch (QueryException e)
        {
            error = new QueryError(e.Kind, e.Message);
        }
        catch (IOException e)
        {
            // The store cannot read what it has: the query ends, and its asker is told.
            error = new QueryError(QueryErrorKind.Storage, e.Message);
        }

        run.Annotations.Render(text, out var warnings, out var infos);
        var statistics = new QueryStatistics(limiter.Read, limiter.LookedAt, limiter.Peak, prepared, _time.GetElapsedTime(began) - prepared);
        return new QueryResult(value, error, warnings, infos, statistics);
    }

    private QueryResult Logged(string text, (long Start, long End, long Step) range, QueryOptions? options, QueryResult result)
    {
        // What was too much work is begun anew elsewhere, and comes by again.
        if (IsLogging && result.Error is not { Kind: QueryErrorKind.TooMuchWork })
        {
            _log!.Write(new LoggedQuery(
                text, range.Start, range.End, range.Step, result.Error, result.Statistics ?? QueryStatistics.None, options?.Queued ?? TimeSpan.Zero, options?.Origin));
        }

        return result;
    }

    private static QueryResult Invalid(string message) => new(null, new QueryError(QueryErrorKind.BadQuery, message), [], []);

    private static string TextOf(Expr expr)
    {
        while (expr is ParenExpr paren)
        {
            expr = paren.Inner;
        }

        return ((StringLiteral)expr).Value;
    }
}
