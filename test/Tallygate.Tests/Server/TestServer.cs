using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

/// <summary>A server on a free port and a temporary data directory, its loops stepped by the test.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private TestServer(TallygateServer server, string folder, HttpClient client)
    {
        Tallygate = server;
        Folder = folder;
        Client = client;
    }

    public TallygateServer Tallygate { get; private set; }

    public string Folder { get; }

    public HttpClient Client { get; }

    public static async Task<TestServer> StartAsync(ServerOptions? options = null, TimeProvider? time = null, LoadedConfig? config = null)
    {
        var folder = Directory.CreateTempSubdirectory("tallygate-test-").FullName;
        var server = await OpenAsync(options ?? new ServerOptions(), folder, time, config);
        return new TestServer(server, folder, ClientOf(server));
    }

    /// <summary>Closes the server and opens another one on the same data directory, whose client is returned.</summary>
    public async Task<HttpClient> RestartAsync(ServerOptions? options = null)
    {
        await Tallygate.DisposeAsync();
        Tallygate = await OpenAsync(options ?? new ServerOptions(), Folder, null, null);
        return ClientOf(Tallygate);
    }

    public async Task<(int Status, string Body, HttpResponseMessage Response)> SendAsync(
        string method, string path, string body = "", string? contentType = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is not ("GET" or "HEAD" or "OPTIONS"))
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType is not null)
            {
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            }
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response);
    }

    /// <summary>Sends a request target exactly as given, which an HTTP client would clean, and returns the whole answer.</summary>
    public async Task<string> RawAsync(string method, string target, string body = "")
    {
        var uri = Client.BaseAddress!;
        using var socket = new TcpClient();
        await socket.ConnectAsync(uri.Host, uri.Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        var head = $"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Tallygate.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<TallygateServer> OpenAsync(ServerOptions options, string folder, TimeProvider? time, LoadedConfig? config)
    {
        var server = TallygateServer.Create(
            options with { ListenAddresses = ["127.0.0.1:0"], StoragePath = Path.Combine(folder, "data") },
            new ServerSetup { Time = time ?? TimeProvider.System, Config = config });
        await server.OpenAsync();
        await server.StartHttpAsync();
        return server;
    }

    private static HttpClient ClientOf(TallygateServer server) => new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        BaseAddress = new Uri(server.Addresses[0]),
    };
}
