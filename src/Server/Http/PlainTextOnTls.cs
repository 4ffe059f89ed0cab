using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Tallygate.Server.Http;

/// <summary>Tells a client that speaks HTTP where TLS is spoken, as Go's server does, in place of a broken handshake.</summary>
internal static class PlainTextOnTls
{
    private const int Needed = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>A link of the connection's chain before TLS.</summary>
    public static ConnectionDelegate Answer(ConnectionDelegate next) => async connection =>
    {
        var input = connection.Transport.Input;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(patience.Token);
                var start = read.Buffer.Slice(0, Math.Min(Needed, read.Buffer.Length)).ToArray();
                if (start.Length >= Needed || read.IsCompleted)
                {
                    input.AdvanceTo(read.Buffer.Start);
                    if (LooksLikeHttp(start))
                    {
                        await connection.Transport.Output.WriteAsync(
                            "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8.ToArray(), patience.Token);
                        return;
                    }

                    break;
                }

                input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or ConnectionResetException)
        {
            return;
        }

        await next(connection);
    };

    private static bool LooksLikeHttp(ReadOnlySpan<byte> start) =>
        start.SequenceEqual("GET /"u8) || start.SequenceEqual("HEAD "u8) || start.SequenceEqual("POST "u8) || start.SequenceEqual("PUT /"u8)
        || start.SequenceEqual("DELET"u8) || start.SequenceEqual("OPTIO"u8);
}
