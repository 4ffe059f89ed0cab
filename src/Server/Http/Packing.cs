using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Tallygate.Exposition;
using ZstdSharp;

namespace Tallygate.Server.Http;

/// <summary>Answers that are packed while they are written.</summary>
internal static class Packing
{
    // As fast as gzip's fastest, and smaller.
    private const int ZstdLevel = 3;

    /// <summary>Where the answer's body is to be written; closing it ends the packed body.</summary>
    public static Stream Open(HttpResponse response, ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true),
        ContentCoding.Zstd => new CompressionStream(response.Body, ZstdLevel, leaveOpen: true),
        _ => throw new ArgumentOutOfRangeException(nameof(coding)),
    };
}
