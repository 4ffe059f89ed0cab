using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tallygate.Server.Http;

/// <summary>Answers that are packed where the asker takes gzip.</summary>
internal static class Compression
{
    /// <summary>Where the answer's body is to be written; it must be completed. Headers must stand before.</summary>
    public static PipeWriter Open(HttpContext context)
    {
        context.Response.Headers.Vary = StringValues.Concat(context.Response.Headers.Vary, "Accept-Encoding");
        if (!Accepts(context.Request.Headers.AcceptEncoding))
        {
            return context.Response.BodyWriter;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        return PipeWriter.Create(new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true));
    }

    /// <summary>Whether gzip is offered with a weight above zero.</summary>
    public static bool Accepts(StringValues acceptEncoding)
    {
        foreach (var header in acceptEncoding)
        {
            foreach (var range in header.AsSpan().Split(','))
            {
                var offer = header.AsSpan()[range].Trim();
                var semicolon = offer.IndexOf(';');
                if ((semicolon < 0 ? offer : offer[..semicolon].TrimEnd()) is "gzip")
                {
                    return semicolon < 0 || !IsZero(offer[(semicolon + 1)..].Trim());
                }
            }
        }

        return false;
    }

    private static bool IsZero(ReadOnlySpan<char> weight) =>
        weight.StartsWith("q=", StringComparison.OrdinalIgnoreCase) && weight[2..].TrimStart().Trim("0.") is "" && !weight[2..].IsEmpty;
}
