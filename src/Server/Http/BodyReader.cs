using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Tallygate.Server.Http;

/// <summary>Reads a request's whole body into a pooled buffer, unpacked where it is gzipped.</summary>
internal static class BodyReader
{
    private const int HeaderBytes = 10;

    /// <summary>Reads the body as it came, however long it is.</summary>
    public static async ValueTask<PooledBytes> ReadAsync(HttpContext context) => (await ReadAsync(context, long.MaxValue))!;

    /// <summary>Reads the body as it came; null where it has more than <paramref name="most"/> bytes, of which no more is read then.</summary>
    public static async ValueTask<PooledBytes?> ReadAsync(HttpContext context, long most)
    {
        if (context.Request.ContentLength > most)
        {
            return null;
        }

        var reader = context.Request.BodyReader;
        var body = new PooledBytes((int)Math.Clamp(context.Request.ContentLength ?? 4096, 256, 1 << 20));
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(context.RequestAborted);
                foreach (var piece in result.Buffer)
                {
                    body.Append(piece.Span);
                }

                reader.AdvanceTo(result.Buffer.End);
                if (body.Length > most)
                {
                    body.Dispose();
                    return null;
                }

                if (result.IsCompleted)
                {
                    return body;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Whether the request says that its body is gzipped. Other encodings are ignored, as the Pushgateway ignores them.</summary>
    public static bool IsGzip(HttpContext context) =>
        context.Request.Headers.ContentEncoding is [{ } encoding] && encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Looks whether a body that says it is gzipped begins like that, and leaves it to be read; the Pushgateway's words where not. It looks so at
    /// the bodies of all requests, be there a use for them or not.
    /// </summary>
    public static async ValueTask<string> LookAtGzipAsync(HttpContext context)
    {
        try
        {
            var reader = context.Request.BodyReader;
            var result = await reader.ReadAtLeastAsync(HeaderBytes, context.RequestAborted);
            var error = Header(result.Buffer.Slice(0, Math.Min(HeaderBytes, result.Buffer.Length)).ToArray());
            reader.AdvanceTo(result.Buffer.Start);
            return error;
        }
        catch (BadHttpRequestException)
        {
            return "unexpected EOF";
        }
    }

    /// <summary>Unpacks <paramref name="packed"/>, several members one after the other; null and the Pushgateway's words where it is no gzip.</summary>
    /// <param name="most">Unpacking ends soon after so many bytes, with what there is.</param>
    public static PooledBytes? Unpack(PooledBytes packed, long most, out string error)
    {
        error = Header(packed.Span);
        if (error.Length > 0)
        {
            return null;
        }

        var unpacked = new PooledBytes(Math.Max(4096, packed.Length * 4));
        try
        {
            using var source = new MemoryStream(packed.Array, 0, packed.Length, writable: false);
            using var unzip = new GZipStream(source, CompressionMode.Decompress);
            while (unzip.Read(unpacked.Free(4096)) is var count and > 0)
            {
                unpacked.Advance(count);
                if (unpacked.Length > most)
                {
                    return unpacked;
                }
            }

            // The reader takes no notice of what comes behind the last member. A member ends with its unpacked length.
            if (BinaryPrimitives.ReadUInt32LittleEndian(packed.Span[^4..]) <= unpacked.Length)
            {
                return unpacked;
            }

            unpacked.Dispose();
            error = "gzip: invalid header";
            return null;
        }
        catch (InvalidDataException problem)
        {
            unpacked.Dispose();
            error = problem.Message.Contains("truncated", StringComparison.Ordinal) ? "unexpected EOF" : "gzip: invalid checksum";
            return null;
        }
    }

    private static string Header(ReadOnlySpan<byte> packed)
    {
        if (packed.IsEmpty)
        {
            return "EOF";
        }

        if (packed.Length < HeaderBytes)
        {
            return "unexpected EOF";
        }

        return packed[0] == 0x1F && packed[1] == 0x8B && packed[2] == 8 ? "" : "gzip: invalid header";
    }
}
