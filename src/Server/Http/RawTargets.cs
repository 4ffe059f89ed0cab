using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Tallygate.Server.Http;

/// <summary>
/// Stands before the HTTP server and writes anew the request lines that it would refuse, though Go's server takes them: bytes beyond ASCII, which
/// scripts send that write their own requests, and <c>%00</c>. Everything else goes through untouched.
/// </summary>
internal static class RawTargets
{
    /// <summary>Serves connections by way of <paramref name="next"/>, the HTTP server.</summary>
    public static ConnectionDelegate Before(ConnectionDelegate next) => async connection =>
    {
        var transport = connection.Transport;
        connection.Transport = new Rewritten(new TargetRewriter(transport.Input), transport.Output);
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connection.Transport = transport;
        }
    };

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
            .. line[..from], .. Encoding.ASCII.GetBytes(host + text), .. line[to..], .. head[lineEnd..],
        ];
    }

    /// <summary>Whether a request line, as far as it is there, has a target that the server would refuse.</summary>
    internal static bool IsRefused(ReadOnlySpan<byte> line) => line.ContainsAnyInRange((byte)0x80, (byte)0xFF) || line.IndexOf("%00"u8) >= 0;

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

    private sealed record Rewritten(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
