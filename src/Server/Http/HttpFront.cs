using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.Http;

/// <summary>The sockets. What answers behind them is one delegate, swapped by reference when the rooms are ready.</summary>
internal sealed class HttpFront : IAsyncDisposable
{
    private readonly WebApplication _app;
    private volatile RequestDelegate _answer;
    private volatile Func<ConnectionContext, ConnectionDelegate, Task>? _lane;

    /// <param name="handles">The file descriptors of sockets that listen already; they take the place of the addresses, where there are any.</param>
    /// <param name="access">Who may come in and how; null: everybody, by plain HTTP.</param>
    /// <param name="answer">Answers every request until <see cref="Answer"/> is set anew.</param>
    public HttpFront(IReadOnlyList<string> addresses, IReadOnlyList<ulong> handles, WebAccess? access, ILoggerFactory logs, RequestDelegate answer)
    {
        _answer = answer;

        // The empty builder has no configuration reload, which would take one of the user's few inotify instances for every server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.Services.AddSingleton<IHostLifetime, SilentLifetime>();
        builder.WebHost.UseKestrelCore().UseSockets(static sockets =>
        {
            // What reads a request goes on with it: a turn through the pool for each step would cost more than the steps. The pool's threads
            // share the sockets' events among them, so one that is busy holds up nobody else.
            sockets.UnsafePreferInlineScheduling = true;
            sockets.WaitForDataBeforeAllocatingBuffer = false;
        }).ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.AllowSynchronousIO = false;

            // The originals have no limits, and a batch job that pushes a large body or stalls is no attack.
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MaxRequestLineSize = 1 << 20;
            kestrel.Limits.MaxRequestHeadersTotalSize = 1 << 20;
            kestrel.Limits.MaxRequestBufferSize = 4 << 20;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromDays(1);
            kestrel.Limits.Http2.MaxStreamsPerConnection = 250;
            kestrel.Limits.Http2.MaxRequestHeaderFieldSize = 1 << 20;
            foreach (var handle in handles)
            {
                kestrel.ListenHandle(handle, Connections(access));
            }

            foreach (var address in handles.Count > 0 ? [] : addresses)
            {
                Listen(kestrel, address, Connections(access));
            }
        });
        _app = builder.Build();
        _app.Run(access is null ? context => _answer(context) : context => access.AdmitAsync(context, _answer));
    }

    /// <summary>Answers every request from now on.</summary>
    public RequestDelegate Answer
    {
        set => _answer = value;
    }

    /// <summary>
    /// Serves each new plain connection first, and gives those that it does not know on. Where it is settled who may come in, there is no such
    /// lane: everybody takes the way past the guard.
    /// </summary>
    public Func<ConnectionContext, ConnectionDelegate, Task> FastLane
    {
        set => _lane = value;
    }

    /// <summary>The addresses as URLs, with the real ports.</summary>
    public IReadOnlyList<string> Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses];

    /// <summary>Opens the sockets.</summary>
    /// <exception cref="StartException">An address cannot be listened on.</exception>
    public async Task StartAsync()
    {
        try
        {
            await _app.StartAsync();
        }
        catch (Exception problem) when (problem is IOException or SocketException or AddressInUseException)
        {
            // The outer message mostly ends with the cause.
            var cause = problem.InnerException?.Message ?? "";
            var named = problem.Message.Contains(cause, StringComparison.OrdinalIgnoreCase);
            throw new StartException($"cannot listen: {problem.Message.TrimEnd('.')}" + (named ? "" : $" ({cause})"));
        }
    }

    /// <summary>Takes no new connections and waits for the requests that are under way.</summary>
    public Task StopAsync(CancellationToken cancellation) => _app.StopAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Action<ListenOptions> Connections(WebAccess? access) => listen =>
    {
        access?.Configure(listen);
        listen.Use(next =>
        {
            var server = RawTargets.Before(next);
            return access is not null ? server : connection => _lane is { } lane ? lane(connection, server) : server(connection);
        });
    };

    private static void Listen(KestrelServerOptions kestrel, string address, Action<ListenOptions> configure)
    {
        if (!TryParse(address, out var host, out var port))
        {
            throw new StartException($"--web.listen-address={address} is not host:port");
        }

        if (host.Length == 0)
        {
            kestrel.ListenAnyIP(port, configure);
        }
        else if (host == "localhost" && port != 0)
        {
            kestrel.ListenLocalhost(port, configure);
        }
        else if (IPAddress.TryParse(host == "localhost" ? "127.0.0.1" : host, out var ip))
        {
            kestrel.Listen(ip, port, configure);
        }
        else
        {
            throw new StartException($"--web.listen-address={address}: {host} is not an IP address");
        }
    }

    private static bool TryParse(string address, out string host, out int port)
    {
        var colon = address.LastIndexOf(':');
        host = colon < 0 ? "" : address[..colon].Trim('[', ']');
        port = 0;
        return colon >= 0 && int.TryParse(address.AsSpan(colon + 1), out port) && port is >= 0 and <= 65535;
    }

    /// <summary>Signals belong to the program, not to the host.</summary>
    private sealed class SilentLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
