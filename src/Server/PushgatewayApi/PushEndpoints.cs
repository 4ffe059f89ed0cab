using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tallygate.Exposition;
using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>PUT, POST and DELETE below <c>/metrics/job</c>. Thread-safe.</summary>
/// <remarks>The order of the checks is the Pushgateway's: packing, path, body, and then the judge.</remarks>
internal sealed class PushEndpoints
{
    /// <summary>The header that says how many series of the group a push dropped.</summary>
    public const string DroppedCount = "Tallygate-Dropped-Count";

    /// <summary>The header that names them.</summary>
    public const string DroppedSeries = "Tallygate-Dropped-Series";

    private const string Prefix = "/metrics";

    private readonly PushGateway _gateway;
    private readonly PushParseOptions _parsing;
    private readonly bool _openMetrics;
    private readonly PushLimits _limits;
    private readonly RequestCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Utf8StringPool _strings = new();
    private readonly PushClients _clients = new();

    public PushEndpoints(PushGateway gateway, ServerOptions options, RequestCounters counters, TimeProvider time, ILogger logger)
    {
        _gateway = gateway;
        _parsing = new PushParseOptions { Utf8Names = options.Utf8Names };
        _openMetrics = options.PushOpenMetrics;
        _limits = PushLimits.Of(options);
        _counters = counters;
        _time = time;
        _logger = logger;
    }

    /// <summary>Who pushed lately.</summary>
    public PushClients Clients => _clients;

    /// <summary>PUT: the group becomes exactly what is pushed.</summary>
    public Task ReplaceAsync(HttpContext context, RequestPath path) => PushAsync(context, path, PushVerb.Replace, "put");

    /// <summary>POST: the pushed families replace those of the same name.</summary>
    public Task MergeAsync(HttpContext context, RequestPath path) => PushAsync(context, path, PushVerb.Merge, "post");

    /// <summary>DELETE: the group goes.</summary>
    public async Task DeleteAsync(HttpContext context, RequestPath path)
    {
        var outcome = !GroupingPath.TryParse(path.Escaped.AsSpan(Prefix.Length), out var grouping, out var error, _parsing.Utf8Names)
            ? new PushOutcome(error.Status, error.Text)
            : !PushNotesReader.TryRead(context.Request, out var notes, out var wrong)
                ? new PushOutcome(400, wrong)
                : await _gateway.DeleteAsync(grouping, notes, _clients.Of(context), CancellationToken.None);
        _counters.Count(outcome.Status, "delete", "delete");
        await AnswerAsync(context, outcome);
    }

    /// <summary>Who pushes, as the log keeps it.</summary>
    public PushClient ClientOf(IPAddress? address, string agent) => _clients.Of(address, agent);

    /// <summary>Reads a push that no header changes; false where anything is wrong with it.</summary>
    /// <param name="path">The raw path behind <c>/metrics</c>.</param>
    /// <param name="isText">Whether the body is in the text format.</param>
    public bool TryRead(
        string path, PushVerb verb, string? contentType, ReadOnlySpan<byte> body, [NotNullWhen(true)] out PushRequest? push, out bool isText)
    {
        var format = ContentNegotiation.OfPush(contentType, _openMetrics);
        isText = format == ExpositionFormat.Text;
        push = GroupingPath.TryParse(path, out var grouping, out _, _parsing.Utf8Names)
            && PushBodyParser.TryParse(format, body, _parsing, _strings, out var families, out _)
            ? new PushRequest(verb, grouping, families)
            : null;
        return push is not null;
    }

    private async Task PushAsync(HttpContext context, RequestPath path, PushVerb verb, string method)
    {
        var started = _time.GetTimestamp();
        PooledBytes? body = null;
        try
        {
            body = await BodyReader.ReadAsync(context, _limits.Body);
            var outcome = body is null ? TooLarge(_limits.BodyError) : await JudgeAsync(context, path, verb, body);
            _counters.Count(outcome.Status, "push", method);
            _counters.Push(method, SizeOf(context.Request), _time.GetElapsedTime(started));
            await AnswerAsync(context, outcome);
        }
        catch (BadHttpRequestException broken)
        {
            // The client hung up or sent less than it announced: nothing was pushed, and mostly nobody listens.
            Log.BodyBroken(_logger, broken.Message);
            if (!context.Response.HasStarted)
            {
                await Answers.ErrorAsync(context, 400, "unexpected EOF");
            }
        }
        finally
        {
            body?.Dispose();
        }
    }

    private async Task<PushOutcome> JudgeAsync(HttpContext context, RequestPath path, PushVerb verb, PooledBytes body)
    {
        if (!GroupingPath.TryParse(path.Escaped.AsSpan(Prefix.Length), out var grouping, out var wrong, _parsing.Utf8Names))
        {
            Log.PathRefused(_logger, path.Escaped, wrong.Text);
            return new PushOutcome(wrong.Status, wrong.Text);
        }

        if (!PushNotesReader.TryRead(context.Request, out var notes, out var bad))
        {
            return new PushOutcome(400, bad);
        }

        if (notes is { BySeries: true } && verb == PushVerb.Replace)
        {
            return new PushOutcome(400, "Tallygate-Merge goes with POST: PUT replaces the whole group");
        }

        if (!TryParse(context.Request, body, out var families, out var error))
        {
            Log.BodyRefused(_logger, path.Escaped, error.Error!);
            return error;
        }

        var request = new PushRequest(verb, grouping, families) { Notes = notes, Client = _clients.Of(context) };
        var outcome = await _gateway.PushAsync(request, CancellationToken.None);
        if (!outcome.IsSuccess)
        {
            Log.PushRefused(_logger, context.Request.Method, path.Escaped, context.Connection.RemoteIpAddress?.ToString() ?? "", outcome.Error ?? "");
        }

        return outcome;
    }

    private PushOutcome TooLarge(string error)
    {
        _counters.CountTooLarge();
        return new PushOutcome(413, error);
    }

    private bool TryParse(HttpRequest request, PooledBytes body, out List<MetricFamily> families, out PushOutcome error)
    {
        families = [];
        if (BodyUnpacker.Unpack(request.Headers.ContentEncoding, body, _limits.Unpacked, out var damage) is not { } unpacked)
        {
            error = new PushOutcome(400, damage);
            return false;
        }

        try
        {
            if (unpacked.Length > _limits.Unpacked)
            {
                error = TooLarge(_limits.UnpackedError);
                return false;
            }

            var format = ContentNegotiation.OfPush(request.ContentType, _openMetrics);
            var parsed = PushBodyParser.TryParse(format, unpacked.Span, _parsing, _strings, out var read, out var problem);
            families = read ?? families;
            error = !parsed ? new PushOutcome(400, problem.Text) : _limits.IsExceededBy(families) ? TooLarge(_limits.SeriesError) : default;
            return error.Error is null;
        }
        finally
        {
            if (unpacked != body)
            {
                unpacked.Dispose();
            }
        }
    }

    /// <summary>The request's size as the Go client estimates it; it knows neither the name of the header Host nor that of chunks.</summary>
    private static double SizeOf(HttpRequest request)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var size = target.Length + request.Method.Length + request.Protocol.Length + (request.ContentLength ?? 0);
        foreach (var (name, values) in request.Headers)
        {
            if (name == "Transfer-Encoding")
            {
                continue;
            }

            size += name == "Host" ? 0 : name.Length;
            foreach (var value in values)
            {
                size += value?.Length ?? 0;
            }
        }

        return size;
    }

    private static Task AnswerAsync(HttpContext context, PushOutcome outcome)
    {
        if (outcome.Replayed)
        {
            context.Response.Headers["Idempotent-Replayed"] = "true";
        }

        if (outcome.Dropped is { } dropped)
        {
            context.Response.Headers[DroppedCount] = dropped.Count.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers[DroppedSeries] = dropped.Names;
        }

        if (outcome.RetryAfterSeconds is { } seconds)
        {
            return Answers.RetryLaterAsync(context, outcome.Status, outcome.Error ?? "", seconds);
        }

        return outcome.Error is null ? Answers.Empty(context, outcome.Status) : Answers.ErrorAsync(context, outcome.Status, outcome.Error);
    }
}
