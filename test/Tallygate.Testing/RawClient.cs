using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Tallygate.Testing;

/// <summary>Sends raw requests to a loopback port, one after the other over a connection that is kept as long as the server keeps it.</summary>
public sealed class RawClient : IDisposable
{
    private readonly int _port;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private TcpClient? _socket;
    private NetworkStream? _stream;
    private int _at;
    private int _end;

    public RawClient(int port) => _port = port;

    /// <summary>Sends a request and reads the answer; status 0 where the server closes the connection instead of one.</summary>
    public async Task<RawAnswer> SendAsync(RawRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        var bytes = request.Bytes();
        var kept = _socket is not null;
        try
        {
            return await AskAsync(request, bytes, cancellation);
        }
        catch (IOException)
        {
            Close();
        }

        if (kept)
        {
            // Perhaps the server had closed the kept connection before.
            return await SendAsync(request, cancellation);
        }

        return new RawAnswer(0, [], []);
    }

    public void Dispose() => Close();

    private async Task<RawAnswer> AskAsync(RawRequest request, byte[] bytes, CancellationToken cancellation)
    {
        if (_socket is null)
        {
            _socket = new TcpClient { NoDelay = true };
            await _socket.ConnectAsync("127.0.0.1", _port, cancellation);
            _stream = _socket.GetStream();
        }

        await _stream!.WriteAsync(bytes, cancellation);
        if (request.CutAfter is not null)
        {
            _socket.Client.Shutdown(SocketShutdown.Send);
        }

        RawAnswer answer;
        do
        {
            answer = await ReadAsync(request, cancellation);
        }
        while (answer.Status is >= 100 and < 200);
        if (request.CutAfter is not null || request.Protocol == "HTTP/1.0" || answer.Header("Connection") == "close")
        {
            Close();
        }

        return answer;
    }

    private async Task<RawAnswer> ReadAsync(RawRequest request, CancellationToken cancellation)
    {
        var status = await LineAsync(cancellation);
        var headers = new List<(string, string)>();
        while (await LineAsync(cancellation) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add((line[..colon], line[(colon + 1)..].Trim()));
        }

        var answer = new RawAnswer(int.Parse(status.AsSpan(9, 3), CultureInfo.InvariantCulture), headers, []);
        if (request.Method == "HEAD" || answer.Status is < 200 or 204 or 304)
        {
            return answer;
        }

        using var body = new MemoryStream();
        if (answer.Header("Content-Length") is { } length)
        {
            await TakeAsync(body, long.Parse(length, CultureInfo.InvariantCulture), cancellation);
        }
        else if (answer.Header("Transfer-Encoding") == "chunked")
        {
            while (long.Parse(await LineAsync(cancellation), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var size and > 0)
            {
                await TakeAsync(body, size, cancellation);
                await LineAsync(cancellation);
            }

            await LineAsync(cancellation);
        }
        else
        {
            do
            {
                body.Write(_buffer, _at, _end - _at);
            }
            while (await FillAsync(cancellation));

            Close();
        }

        return answer with { Body = body.ToArray() };
    }

    private async Task<string> LineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_at == _end && !await FillAsync(cancellation))
            {
                throw new IOException("the server closed the connection");
            }

            var c = (char)_buffer[_at++];
            if (c == '\n')
            {
                return line.ToString();
            }

            if (c != '\r')
            {
                line.Append(c);
            }
        }
    }

    private async Task TakeAsync(MemoryStream target, long length, CancellationToken cancellation)
    {
        while (length > 0)
        {
            if (_at == _end && !await FillAsync(cancellation))
            {
                throw new IOException("the server closed the connection in the middle of an answer");
            }

            var count = (int)Math.Min(length, _end - _at);
            target.Write(_buffer, _at, count);
            _at += count;
            length -= count;
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        _at = 0;
        _end = await _stream!.ReadAsync(_buffer, cancellation);
        return _end > 0;
    }

    private void Close()
    {
        _socket?.Dispose();
        _socket = null;
        _at = _end = 0;
    }
}
