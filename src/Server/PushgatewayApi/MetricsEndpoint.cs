using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tallygate.Exposition;
using Tallygate.Gateway.Page;
using Tallygate.Model;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>GET <c>/metrics</c>: the pushed families and the program's own. Thread-safe.</summary>
internal sealed class MetricsEndpoint
{
    private const int SentAtOnce = 256 * 1024;

    private readonly MetricsPage _page;
    private readonly SelfMetrics _own;
    private readonly bool _openMetrics;
    private readonly (string Name, string Value) _instance;

    /// <param name="instance">The header by which this server knows itself.</param>
    public MetricsEndpoint(MetricsPage page, SelfMetrics own, ServerOptions options, (string Name, string Value) instance)
    {
        _instance = instance;
        _page = page;
        _own = own;
        _openMetrics = options.EnableOpenMetrics;
    }

    /// <summary>Answers a scrape in the format that it asks for.</summary>
    public async Task ScrapeAsync(HttpContext context, RequestPath path)
    {
        var format = Negotiate(context.Request);
        var coding = ContentNegotiation.CodingOf(context.Request.Headers.AcceptEncoding);
        var own = _own.Collect();
        var response = context.Response;
        response.ContentType = format.ContentType;
        response.Headers[_instance.Name] = _instance.Value;
        if (coding != ContentCoding.Identity)
        {
            response.Headers.ContentEncoding = ContentNegotiation.NameOf(coding);
        }

        if (format.Format != ExpositionFormat.Text)
        {
            await WriteFamiliesAsync(context, format, coding, _page.Families(own));
        }
        else if (coding == ContentCoding.Zstd)
        {
            await using var target = Packing.Open(response, coding);
            foreach (var piece in _page.Text(own, format.Escaping))
            {
                await target.WriteAsync(piece, context.RequestAborted);
            }
        }
        else
        {
            await WritePiecesAsync(context, coding == ContentCoding.Gzip ? _page.Gzip(own, format.Escaping) : _page.Text(own, format.Escaping));
        }
    }

    private NegotiatedFormat Negotiate(HttpRequest request)
    {
        var format = ContentNegotiation.OfScrape(request.Headers.Accept, _openMetrics);
        return request.Query["format"] == "openmetrics" ? format with { Format = ExpositionFormat.OpenMetrics } : format;
    }

    private static async Task WritePiecesAsync(HttpContext context, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        long length = 0;
        foreach (var piece in pieces)
        {
            length += piece.Length;
        }

        var response = context.Response;
        response.ContentLength = length;
        var unsent = 0;
        foreach (var piece in pieces)
        {
            response.BodyWriter.Write(piece.Span);
            unsent += piece.Length;
            if (unsent >= SentAtOnce)
            {
                unsent = 0;
                await response.BodyWriter.FlushAsync(context.RequestAborted);
            }
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static async Task WriteFamiliesAsync(
        HttpContext context, NegotiatedFormat format, ContentCoding coding, IReadOnlyList<MetricFamily> families)
    {
        var target = coding == ContentCoding.Identity ? context.Response.BodyWriter : PipeWriter.Create(Packing.Open(context.Response, coding));
        var options = new ExpositionWriteOptions { Escaping = format.Escaping, CreatedLines = context.Request.Query["created"] == "true" };
        foreach (var family in families)
        {
            ExpositionWriter.Write(target, format.Format, family, options);
            await target.FlushAsync(context.RequestAborted);
        }

        ExpositionWriter.End(target, format.Format);
        await target.CompleteAsync();
    }
}
