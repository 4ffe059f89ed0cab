using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tallygate.Model.RegularExpressions;
using Tallygate.Server.Http;

namespace Tallygate.Server.PrometheusApi;

/// <summary>What all endpoints of Prometheus's API share: the envelope, its error types, CORS and compression. Thread-safe.</summary>
internal sealed class ApiFront
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly Re2Pattern _origins;
    private readonly bool _anyOrigin;

    /// <param name="corsOrigin">The origins that browsers may ask from.</param>
    public ApiFront(string corsOrigin)
    {
        _origins = Re2Pattern.Anchored(corsOrigin);
        _anyOrigin = corsOrigin == ".*";
    }

    /// <summary>An endpoint whose answer is in the envelope.</summary>
    public Responder Serve(Func<HttpContext, ApiParameters, RequestPath, Task<ApiAnswer>> answer) => async (context, path) =>
    {
        Cors(context);
        ApiAnswer answered;
        try
        {
            answered = await answer(context, await ApiParameters.ReadAsync(context), path);
        }
        catch (ApiException refused)
        {
            await RefuseAsync(context, refused.Error);
            return;
        }

        await WriteAsync(context, 200, async (json, flush) =>
        {
            json.WriteStartObject();
            json.WriteString("status"u8, "success"u8);
            if (answered.HasData)
            {
                json.WritePropertyName("data"u8);
                await answered.Write(json, flush);
            }

            Texts(json, "warnings"u8, answered.Warnings);
            Texts(json, "infos"u8, answered.Infos);
            json.WriteEndObject();
        });
    };

    /// <summary>Answers OPTIONS of any path of the API.</summary>
    public Task OptionsAsync(HttpContext context, RequestPath path)
    {
        Cors(context);
        return Answers.Empty(context, 204);
    }

    /// <summary>An error in the envelope.</summary>
    public static Task RefuseAsync(HttpContext context, ApiError error) => WriteAsync(context, error.Status, (json, _) =>
    {
        json.WriteStartObject();
        json.WriteString("status"u8, "error"u8);
        json.WriteString("errorType"u8, error.Type);
        json.WriteString("error"u8, error.Message);
        json.WriteEndObject();
        return ValueTask.CompletedTask;
    });

    private static async Task WriteAsync(HttpContext context, int status, Func<Utf8JsonWriter, Func<ValueTask>, ValueTask> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        var target = Compression.Open(context);
        await using (var json = new Utf8JsonWriter(target, Plain))
        {
            await write(json, () => FlushAsync(json, target));
            json.Flush();
        }

        await target.CompleteAsync();
    }

    private static async ValueTask FlushAsync(Utf8JsonWriter json, PipeWriter target)
    {
        json.Flush();

        // The connection knows that the asker has left as soon as it cannot send; the request is told of it only later.
        if ((await target.FlushAsync()).IsCompleted)
        {
            throw new OperationCanceledException("the asker has left");
        }
    }

    private static void Texts(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    /// <summary>Says which origins may read the answer.</summary>
    public void Cors(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Vary = "Origin";
        if (context.Request.Headers.Origin is not [{ Length: > 0 } origin])
        {
            return;
        }

        if (_anyOrigin)
        {
            headers.AccessControlAllowOrigin = "*";
        }
        else if (_origins.IsMatch(origin))
        {
            headers.AccessControlAllowOrigin = origin;
        }

        headers.AccessControlAllowHeaders = "Accept, Authorization, Content-Type, Origin";
        headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
        headers.AccessControlExposeHeaders = "Date";
    }
}
