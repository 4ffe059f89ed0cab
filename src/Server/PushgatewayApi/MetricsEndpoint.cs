using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tallygate.Exposition;
using Tallygate.Exposition.Protobuf;
using Tallygate.Gateway.Page;
using Tallygate.Model;
using Tallygate.Server.Http;
using Tallygate.Server.Telemetry;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>GET <c>/metrics</c>: the pushed families and the program's own. Thread-safe.</summary>
internal sealed class MetricsEndpoint
{
    private const int SentAtOnce = 256 * 1024;

    private readonly MetricsPage _page;
    private readonly SelfMetrics _own;

    public MetricsEndpoint(MetricsPage page, SelfMetrics own)
    {
        _page = page;
        _own = own;
    }

    /// <summary>Answers a scrape in the format that it asks for.</summary>
    public async Task ScrapeAsync(HttpContext context, RequestPath path)
    {
        var format = ContentNegotiation.OfScrape(context.Request.Headers.Accept);
        var gzip = ContentNegotiation.UseGzip(context.Request.Headers.AcceptEncoding);
        var own = _own.Collect();
        var response = context.Response;
        response.ContentType = format.ContentType;
        if (gzip)
        {
            response.Headers.ContentEncoding = "gzip";
        }

        if (format.Format == ExpositionFormat.ProtobufDelimited)
        {
            await WriteProtobufAsync(context, _page.Families(own), gzip);
            return;
        }

        var pieces = gzip ? _page.Gzip(own) : _page.Text(own);
        long length = 0;
        foreach (var piece in pieces)
        {
            length += piece.Length;
        }

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

    private static async Task WriteProtobufAsync(HttpContext context, IReadOnlyList<MetricFamily> families, bool gzip)
    {
        var target = gzip
            ? PipeWriter.Create(new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true))
            : context.Response.BodyWriter;
        foreach (var family in families)
        {
            MetricFamilyCodec.WriteDelimited(target, family);
            await target.FlushAsync(context.RequestAborted);
        }

        await target.CompleteAsync();
    }
}
