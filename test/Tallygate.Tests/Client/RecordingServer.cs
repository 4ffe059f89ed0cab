using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Tallygate.Tests.Client;

/// <summary>A server that notes what it is sent and answers as it is told.</summary>
internal sealed class RecordingServer : IDisposable
{
    private readonly HttpListener _listener = new();

    public RecordingServer()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = ServeAsync();
    }

    public string Address { get; }

    public ConcurrentQueue<(string Method, string Path, string? Key, string? Time, string? Run, string? State, string? User)> Seen { get; } = new();

    /// <summary>Status and text for the request with this key.</summary>
    public Func<string, (int Status, string Text)> Answer { get; set; } = static _ => (200, "");

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            var headers = context.Request.Headers;
            var key = headers["Idempotency-Key"];
            Seen.Enqueue((context.Request.HttpMethod, context.Request.RawUrl!, key, headers["Tallygate-Push-Time"], headers["Tallygate-Run-Id"],
                headers["Tallygate-Run-State"], headers["Authorization"]));
            var (status, text) = Answer(key ?? "");
            context.Response.StatusCode = status;
            await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
            context.Response.Close();
        }
    }
}
