using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tallygate.PromQL;
using Tallygate.PromQL.Parsing;
using Tallygate.PromQL.Printing;
using Tallygate.PromQL.Values;
using Tallygate.Server.Http;
using Tallygate.Storage;

namespace Tallygate.Server.PrometheusApi;

/// <summary><c>query</c>, <c>query_range</c> and their neighbours. Thread-safe.</summary>
internal sealed class QueryEndpoints
{
    private const int MostPoints = 11_000;

    // What a query held at a time that was large: 64 MB of samples.
    private const long ManySamples = 4 << 20;

    private readonly Engine _engine;
    private readonly IQueryableStorage _storage;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _gate;
    private readonly QueryThreads _threads;
    private readonly LightQueries _light = new();
    private readonly TimeSpan _timeout;

    /// <param name="gate">Has a place for each query that may run at once.</param>
    /// <param name="timeout">The longest time that a query may wait and take.</param>
    public QueryEndpoints(Engine engine, IQueryableStorage storage, TimeProvider time, SemaphoreSlim gate, QueryThreads threads, TimeSpan timeout)
    {
        _threads = threads;
        _engine = engine;
        _storage = storage;
        _time = time;
        _gate = gate;
        _timeout = timeout;
    }

    /// <summary><c>/api/v1/query</c></summary>
    public async Task<ApiAnswer> InstantAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var limit = parameters.Limit();
        var time = parameters.Time("time", _time.GetUtcNow().ToUnixTimeMilliseconds());
        var options = Options(context, parameters);
        return await RunAsync(
            context,
            parameters,
            limit,
            options,
            left => _engine.Instant(_storage, parameters["query"], time, left, context.RequestAborted),
            mayBeLight: true);
    }

    /// <summary><c>/api/v1/query_range</c></summary>
    public async Task<ApiAnswer> RangeAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var limit = parameters.Limit();
        var start = parameters.Time("start");
        var end = parameters.Time("end");
        if (end < start)
        {
            throw new ApiException(ApiError.Parameter("end", "end timestamp must not be before start time"));
        }

        var step = parameters.Duration("step")
            ?? throw new ApiException(ApiError.Parameter("step", "cannot parse \"\" to a valid duration"));
        if (step <= TimeSpan.Zero)
        {
            throw new ApiException(ApiError.Parameter("step", "zero or negative query resolution step widths are not accepted. Try a positive integer"));
        }

        // Below a millisecond there is no resolution.
        var stepMs = Math.Max(1, (long)step.TotalMilliseconds);
        if ((UInt128)(Int128)((Int128)end - start) / (UInt128)stepMs > MostPoints)
        {
            throw new ApiException(ApiError.BadData(
                "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"));
        }

        var options = Options(context, parameters);
        return await RunAsync(
            context,
            parameters,
            limit,
            options,
            left => _engine.Range(_storage, parameters["query"], start, end, stepMs, left, context.RequestAborted),
            mayBeLight: false);
    }

    /// <summary><c>/api/v1/format_query</c></summary>
    public static Task<ApiAnswer> FormatAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        if (!Parser.TryParseExpr(parameters["query"], null, out var expr, out var errors))
        {
            throw new ApiException(ApiError.Parameter("query", errors[0].ToString()));
        }

        var text = Prettifier.Prettify(expr);
        return Task.FromResult(ApiAnswer.Of(json => json.WriteStringValue(text)));
    }

    /// <summary><c>/api/v1/parse_query</c></summary>
    public static Task<ApiAnswer> ParseAsync(HttpContext context, ApiParameters parameters, RequestPath path) =>
        Parser.TryParseExpr(parameters["query"], null, out var expr, out var errors)
            ? Task.FromResult(ApiAnswer.Of(json => AstJson.Write(json, expr)))
            : throw new ApiException(ApiError.Parameter("query", errors[0].ToString()));

    /// <summary>The error of a query as the API states it.</summary>
    public static ApiError Refusal(QueryError error) => error.Kind switch
    {
        QueryErrorKind.BadQuery => ApiError.Parameter("query", error.Message),
        QueryErrorKind.Execution => ApiError.Execution(error.Message),
        QueryErrorKind.Timeout => ApiError.Timeout(error.Message),
        QueryErrorKind.Canceled => ApiError.Canceled(error.Message),
        _ => ApiError.Internal(error.Message),
    };

    private async Task<ApiAnswer> RunAsync(
        HttpContext context, ApiParameters parameters, int limit, QueryOptions options, Func<QueryOptions, QueryResult> run, bool mayBeLight)
    {
        // Waiting for a turn counts against the time that a query has.
        var came = _time.GetTimestamp();
        var allowed = options.Timeout is { } asked && asked < _timeout ? asked : _timeout;
        await EnterAsync(allowed, context.RequestAborted);
        var queue = _time.GetElapsedTime(came);
        QueryResult result;
        try
        {
            var left = options with { Timeout = allowed > queue ? allowed - queue : TimeSpan.Zero, Queued = queue };
            result = (mayBeLight ? _light.TryRun(parameters["query"], left, run) : null) ?? await _threads.RunAsync(() => run(left));
        }
        finally
        {
            _gate.Release();
        }

        if (result.Statistics is { PeakSamples: >= ManySamples })
        {
            // Its samples are let go of when the answer is written, and when it is given up.
            _threads.LetGoOfMuch();
            context.Response.OnCompleted(LetGoOfMuchAsync, _threads);
        }

        if (result.Error is { } error)
        {
            throw new ApiException(Refusal(error));
        }

        var value = Cut(result.Value!, limit, out var cut);
        var statistics = parameters["stats"].Length > 0 ? result.Statistics : null;
        var total = _time.GetElapsedTime(came);
        return new ApiAnswer((json, flush) => QueryResultWriter.WriteAsync(
            json, value, flush, context.RequestAborted, statistics is null ? null : () => StatisticsJson.Write(json, statistics, queue, total)))
        {
            Warnings = Few(cut ? [.. result.Warnings, "results truncated due to limit"] : result.Warnings, "warning"),
            Infos = Few(result.Infos, "info"),
        };
    }

    private static Task LetGoOfMuchAsync(object threads)
    {
        ((QueryThreads)threads).LetGoOfMuch();
        return Task.CompletedTask;
    }

    private async Task EnterAsync(TimeSpan allowed, CancellationToken aborted)
    {
        if (allowed > TimeSpan.Zero && !aborted.IsCancellationRequested && _gate.Wait(0, CancellationToken.None))
        {
            return;
        }

        using var deadline = new CancellationTokenSource(allowed < TimeSpan.Zero ? TimeSpan.Zero : allowed, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        try
        {
            await _gate.WaitAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ApiException(
                aborted.IsCancellationRequested ? ApiError.Canceled("query was canceled in query queue") : ApiError.Timeout("query timed out in query queue"));
        }
    }

    private static QueryValue Cut(QueryValue value, int limit, out bool cut)
    {
        cut = limit > 0 && value switch { Vector v => v.Samples.Count > limit, Matrix m => m.Series.Count > limit, _ => false };
        return !cut ? value : value switch
        {
            Vector vector => new Vector([.. vector.Samples.Take(limit)]),
            Matrix matrix => new Matrix([.. matrix.Series.Take(limit)]),
            _ => value,
        };
    }

    private static IReadOnlyList<string> Few(IReadOnlyList<string> texts, string what)
    {
        const int most = 10;
        return texts.Count <= most
            ? texts
            : [.. texts.Take(most), string.Create(CultureInfo.InvariantCulture, $"{texts.Count - most} more {what} annotations omitted")];
    }

    private QueryOptions Options(HttpContext context, ApiParameters parameters)
    {
        var timeout = parameters.Duration("timeout");
        var lookback = parameters.Duration("lookback_delta");
        return new QueryOptions { Timeout = timeout, LookbackDelta = lookback, Origin = _engine.IsLogging ? Origin(context) : null };
    }

    private static HttpQueryOrigin Origin(HttpContext context) =>
        new(context.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : "",
            context.Request.Method, context.Request.Path.Value ?? "");
}
