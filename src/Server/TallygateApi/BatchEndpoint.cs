using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Tallygate.Exposition;
using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.PrometheusApi;
using Tallygate.Server.PushgatewayApi;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.TallygateApi;

/// <summary>POST of <c>groups</c>: many pushes in one commit, a line of JSON each. Thread-safe.</summary>
internal sealed class BatchEndpoint(PushGateway gateway, PushClients clients, RequestCounters counters, ServerOptions options)
{
    private const int MostItems = 10_000;

    private readonly PushLimits _limits = PushLimits.Of(options);
    private readonly PushParseOptions _parsing = new() { Utf8Names = options.Utf8Names };
    private readonly Utf8StringPool _strings = new();

    /// <summary>The endpoint in the API's envelope.</summary>
    public Responder Through(ApiFront front)
    {
        var answer = front.Serve(PushAsync);
        return (context, path) =>
        {
            // Whatever the client calls it, the body is the batch: curl says it is a form, and nobody is to read it as one.
            context.Request.ContentType = "application/x-ndjson";
            return answer(context, path);
        };
    }

    private async Task<ApiAnswer> PushAsync(HttpContext context, ApiParameters parameters, RequestPath path)
    {
        var requests = await ReadAsync(context);
        WithKeys(context, requests);
        var outcome = await gateway.PushAsync(requests, clients.Of(context), CancellationToken.None);
        if (!outcome.Whole.IsSuccess)
        {
            if (outcome.Whole.RetryAfterSeconds is { } seconds)
            {
                context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            }

            var place = outcome.Refused < 0 ? "" : $"line {outcome.Refused + 1}: ";
            throw new ApiException(new ApiError(outcome.Whole.Status, outcome.Whole.Status == 503 ? "unavailable" : "bad_data", place + outcome.Whole.Error));
        }

        return ApiAnswer.Of(json =>
        {
            json.WriteStartArray();
            foreach (var item in outcome.Items)
            {
                json.WriteStartObject();
                json.WriteNumber("status"u8, item.Status);
                if (item.Replayed)
                {
                    json.WriteBoolean("replayed"u8, true);
                }

                if (item.Dropped is { } dropped)
                {
                    json.WriteNumber("dropped_count"u8, dropped.Count);
                    json.WriteString("dropped_series"u8, dropped.Names);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    private async Task<List<PushRequest>> ReadAsync(HttpContext context)
    {
        using var body = await BodyReader.ReadAsync(context, _limits.Body) ?? throw TooLarge(_limits.BodyError);
        if (BodyUnpacker.Unpack(context.Request.Headers.ContentEncoding, body, _limits.Unpacked, out var damage) is not { } unpacked)
        {
            throw new ApiException(ApiError.BadData(damage));
        }

        try
        {
            return unpacked.Length > _limits.Unpacked ? throw TooLarge(_limits.UnpackedError) : Read(unpacked.Memory);
        }
        finally
        {
            if (unpacked != body)
            {
                unpacked.Dispose();
            }
        }
    }

    private List<PushRequest> Read(ReadOnlyMemory<byte> body)
    {
        var requests = new List<PushRequest>();
        if (body.Length > 0 && body.Span[^1] != (byte)'\n')
        {
            throw new ApiException(ApiError.BadData("the last line has no line feed: that is how a truncated body looks"));
        }

        while (!body.IsEmpty)
        {
            var end = body.Span.IndexOf((byte)'\n');
            if (!BatchLine.TryRead(body[..end], _parsing, _strings, out var request, out var error))
            {
                throw new ApiException(ApiError.BadData($"line {requests.Count + 1}: {error}"));
            }

            requests.Add(request);
            body = body[(end + 1)..];
            if (requests.Count > MostItems)
            {
                throw TooLarge($"the batch has more than {MostItems} lines");
            }
        }

        return _limits.IsExceededBy([.. requests.SelectMany(static r => r.Families)]) ? throw TooLarge(_limits.SeriesError) : requests;
    }

    /// <summary>A key for the whole batch gives each line one of its own, so that the batch can be sent again.</summary>
    private static void WithKeys(HttpContext context, List<PushRequest> requests)
    {
        if (!PushNotesReader.TryRead(context.Request, out var notes, out var error))
        {
            throw new ApiException(ApiError.BadData(error));
        }

        if (notes is not null && notes != new PushNotes { IdempotencyKey = notes.IdempotencyKey })
        {
            throw new ApiException(ApiError.BadData("only Idempotency-Key holds for a whole batch; all else stands in its lines"));
        }

        for (var i = 0; notes is not null && i < requests.Count; i++)
        {
            var own = requests[i].Notes ?? new PushNotes();
            var key = $"{notes.IdempotencyKey}/{i}";
            if (Encoding.UTF8.GetByteCount(key) > PushNotes.MaxNameBytes)
            {
                throw new ApiException(ApiError.BadData($"Idempotency-Key of a batch must leave room for the number of the line within {PushNotes.MaxNameBytes} bytes"));
            }

            requests[i] = requests[i] with { Notes = own with { IdempotencyKey = own.IdempotencyKey ?? key } };
        }
    }

    private ApiException TooLarge(string error)
    {
        counters.CountTooLarge();
        return new ApiException(new ApiError(413, "too_large", error));
    }
}
