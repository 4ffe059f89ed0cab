using Microsoft.AspNetCore.Http;
using Snappier;
using Tallygate.Remote;
using Tallygate.Server.Http;

namespace Tallygate.Server.PrometheusApi;

/// <summary><c>POST /api/v1/write</c>: remote write, version 1. Statuses and words are Prometheus's, which senders act on.</summary>
internal sealed class RemoteWriteEndpoint
{
    private const string Media = "application/x-protobuf";
    private const string Version1 = "prometheus.WriteRequest";
    private const string Version2 = "io.prometheus.write.v2.Request";
    private const int LargestUnpacked = 32 << 20;

    private readonly RemoteWriteReceiver _receiver;

    public RemoteWriteEndpoint(RemoteWriteReceiver receiver) => _receiver = receiver;

    /// <summary>Answers where the receiver is switched off.</summary>
    public static Task DisabledAsync(HttpContext context, RequestPath path) =>
        Answers.ErrorAsync(context, 404, "remote write receiver needs to be enabled with --web.enable-remote-write-receiver");

    /// <summary>Takes a request.</summary>
    public async Task WriteAsync(HttpContext context, RequestPath path)
    {
        if (ContentFault(context.Request.ContentType ?? Media) is { } fault)
        {
            await Answers.ErrorAsync(context, 415, fault);
            return;
        }

        var encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "snappy"))
        {
            await Answers.ErrorAsync(context, 415, $"{encoding} encoding (compression) is not accepted by this server; only snappy is acceptable");
            return;
        }

        using var packed = await BodyReader.ReadAsync(context);
        if (TryUnpack(packed.Span, out var error) is not { } unpacked)
        {
            await Answers.ErrorAsync(context, 400, error);
            return;
        }

        WriteOutcome outcome;
        using (unpacked)
        {
            try
            {
                outcome = _receiver.Write(unpacked.Span);
            }
            catch (IOException problem)
            {
                await Answers.ErrorAsync(context, 500, problem.Message);
                return;
            }
        }

        await (outcome.Status == WriteStatus.Stored ? Answers.Empty(context, 204) : Answers.ErrorAsync(context, 400, outcome.Error));
    }

    /// <summary>Why the body is not taken as what it says it is; null where it is.</summary>
    internal static string? ContentFault(string contentType)
    {
        contentType = contentType.Trim();
        var parts = contentType.Split(';');
        if (parts[0] != Media)
        {
            return $"expected {Media} as the first (media) part, got {contentType} content-type";
        }

        foreach (var part in parts.AsSpan(1))
        {
            var pair = part.Split('=');
            if (pair.Length != 2)
            {
                return "as per https://www.rfc-editor.org/rfc/rfc9110#parameter expected parameters to be key-values, "
                    + $"got {part} in {contentType} content-type";
            }

            if (pair[0].Trim() == "proto")
            {
                return pair[1] switch
                {
                    Version1 => null,
                    Version2 => $"{Version2} protobuf message is not accepted by this server; only accepts {Version1}",
                    var other => $"got {contentType} content type; unknown type for remote write protobuf message {other}, supported: {Version1}, {Version2}",
                };
            }
        }

        return null;
    }

    private static PooledBytes? TryUnpack(ReadOnlySpan<byte> packed, out string error)
    {
        error = "snappy: corrupt input";
        PooledBytes? unpacked = null;
        try
        {
            var length = Snappy.GetUncompressedLength(packed);
            if (length > LargestUnpacked)
            {
                error = $"snappy: decoded block is too large: {length} bytes, the most is {LargestUnpacked}";
                return null;
            }

            unpacked = new PooledBytes(Math.Max(1, length));
            if (Snappy.TryDecompress(packed, unpacked.Free(length), out var written) && written == length)
            {
                unpacked.Advance(written);
                return unpacked;
            }
        }
        catch (InvalidDataException)
        {
            // Said below.
        }

        unpacked?.Dispose();
        return null;
    }
}
