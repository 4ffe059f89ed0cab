using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Tallygate.Server.Http;

/// <summary>
/// Stands before the HTTP server and writes anew the request lines that it would refuse, though Go's server takes them: bytes beyond ASCII, which
/// scripts send that write their own requests, and <c>%00</c>. It looks at the request with which a connection begins, or with which it leaves the lane; such
/// a request is its connection's last, so that the next one of the kind begins a connection again. Everything else goes through untouched.
/// </summary>
internal static class RawTargets
{
    private const int LongestHead = 64 * 1024;

    /// <summary>Serves connections by way of <paramref name="next"/>, the HTTP server.</summary>
    public static ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        var transport = connection.Transport;
        var input = transport.Input;
        if (await TakeHeadAsync(connection, input).ConfigureAwait(false) is { } head)
        {
            await ServeAsync(connection, transport, head, next).ConfigureAwait(false);
        }
        else
        {
            await next(connection).ConfigureAwait(false);
        }
    };

    /// <summary>Takes the head of a request that the server would refuse off the input, written anew; null, and nothing taken, where it is none.</summary>
    private static async Task<byte[]?> TakeHeadAsync(ConnectionContext connection, PipeReader input)
    {
        // The server at large closes idle connections when it stops; one that still waits here is handed to it then.
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var wake = closing.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), input);
        var read = await input.ReadAsync().ConfigureAwait(false);
        var refused = IsRefused(read.Buffer.FirstSpan);
        while (refused && HeadOf(read.Buffer) is null && !read.IsCompleted && !read.IsCanceled && read.Buffer.Length < LongestHead)
        {
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            read = await input.ReadAsync().ConfigureAwait(false);
        }

        if (refused && HeadOf(read.Buffer) is { } head && Rewrite(head) is { } rewritten)
        {
            input.AdvanceTo(read.Buffer.GetPosition(head.Length));
            return rewritten;
        }

        input.AdvanceTo(read.Buffer.Start);
        return null;
    }

    /// <summary>The head with a target that the server takes; null where it cannot be written so.</summary>
    internal static byte[]? Rewrite(ReadOnlySpan<byte> head)
    {
        var lineEnd = head.IndexOf("\r\n"u8);
        var line = head[..lineEnd];
        var from = line.IndexOf((byte)' ') + 1;
        var to = line.LastIndexOf((byte)' ');
        if (from <= 0 || to <= from || line[from] != (byte)'/')
        {
            return null;
        }

        var target = new StringBuilder();
        foreach (var b in line[from..to])
        {
            if (b < 0x80)
            {
                target.Append((char)b);
            }
            else
            {
                target.Append('%').Append(((int)b).ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        var text = target.ToString();
        var host = "";
        if (text.Contains("%00", StringComparison.Ordinal))
        {
            // Only a whole URL may have it; its host must be the header's.
            if (!TryHost(head[lineEnd..], out host))
            {
                return null;
            }

            host = "http://" + host;
        }

        return
        [
            .. line[..from], .. Encoding.ASCII.GetBytes(host + text), .. line[to..], .. "\r\nConnection: close"u8, .. head[lineEnd..],
        ];
    }

    /// <summary>Whether the first line, as far as it is there, has a target that the server would refuse.</summary>
    private static bool IsRefused(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        var line = end < 0 ? bytes : bytes[..end];
        return line.ContainsAnyInRange((byte)0x80, (byte)0xFF) || line.IndexOf("%00"u8) >= 0;
    }

    private static byte[]? HeadOf(in ReadOnlySequence<byte> buffer)
    {
        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        var end = bytes.IndexOf("\r\n\r\n"u8);
        return end < 0 ? null : bytes[..(end + 4)].ToArray();
    }

    private static bool TryHost(ReadOnlySpan<byte> headers, out string host)
    {
        host = "";
        foreach (var range in headers.Split("\r\n"u8))
        {
            var line = headers[range];
            var colon = line.IndexOf((byte)':');
            if (colon > 0 && Ascii.EqualsIgnoreCase(line[..colon], "Host"u8))
            {
                host = Encoding.ASCII.GetString(line[(colon + 1)..].Trim((byte)' '));
            }
        }

        return host.Length > 0;
    }

    /// <summary>Gives the server the new head, and behind it what comes from the connection.</summary>
    private static async Task ServeAsync(ConnectionContext connection, IDuplexPipe transport, byte[] head, ConnectionDelegate next)
    {
        var pipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
        await pipe.Writer.WriteAsync(head).ConfigureAwait(false);
        var pumping = PumpAsync(transport.Input, pipe.Writer);
        connection.Transport = new Joined(pipe.Reader, transport.Output);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = transport;
            transport.Input.CancelPendingRead();
            await pipe.Reader.CompleteAsync().ConfigureAwait(false);
            await pumping.ConfigureAwait(false);
            await transport.Input.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static async Task PumpAsync(PipeReader input, PipeWriter target)
    {
        Exception? broken = null;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync().ConfigureAwait(false);
                foreach (var piece in read.Buffer)
                {
                    target.Write(piece.Span);
                }

                input.AdvanceTo(read.Buffer.End);
                if (read.IsCanceled || (await target.FlushAsync().ConfigureAwait(false)).IsCompleted || read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            broken = gone;
        }

        await target.CompleteAsync(broken).ConfigureAwait(false);
    }

    private sealed record Joined(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
