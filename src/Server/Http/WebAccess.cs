using System.Net.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.Http;

/// <summary>
/// What <c>--web.config.file</c> asks for: TLS, headers, passwords, a rate. The file is looked at again as requests come, the certificates
/// with every connection; a change holds from then on, and a file that is wrong changes nothing. Thread-safe.
/// </summary>
internal sealed class WebAccess
{
    /// <summary>Requests look at the file no more often: reading it would cost as much as a small push.</summary>
    private static readonly TimeSpan LeastAge = TimeSpan.FromMilliseconds(10);

    private readonly string _path;
    private readonly IReadOnlyList<string> _open;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _loading = new();
    private readonly RequestRate? _rate;
    private readonly bool _tls;
    private readonly bool _http2;
    private volatile State _state;
    private long _lookedAt;

    private WebAccess(string path, WebConfig config, IReadOnlyList<string> open, TimeProvider time, ILogger logger)
    {
        _open = open;
        _path = path;
        _time = time;
        _logger = logger;
        _state = Enter(config, null);
        _tls = config.Tls is not null;
        _http2 = _tls && config.Http2;
        _lookedAt = time.GetTimestamp();

        // As upstream, the rate and HTTP/2 are settled at the start.
        if (config.RateInterval > TimeSpan.Zero)
        {
            _rate = new RequestRate(config.RateInterval, config.RateBurst, time);
            Log.RateLimited(logger, config.RateBurst, config.RateInterval);
        }

        if (_tls)
        {
            Log.TlsOn(logger, _http2);
        }
        else
        {
            Log.TlsOff(logger, false);
        }
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="StartException">It is wrong; the message names all that is.</exception>
    /// <param name="open">Paths that are answered without a password.</param>
    public static WebAccess Open(string path, IReadOnlyList<string> open, TimeProvider time, ILogger logger) =>
        WebConfigFile.TryLoad(path, out var config, out var errors)
            ? new WebAccess(path, config, open, time, logger)
            : throw new StartException(string.Join("\n", errors));

    /// <summary>Puts TLS before the connections of a socket, where there is TLS.</summary>
    public void Configure(ListenOptions listen)
    {
        if (!_tls)
        {
            return;
        }

        listen.Protocols = _http2 ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
        listen.Use(PlainTextOnTls.Answer);
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Handshake()) });
    }

    /// <summary>Lets a request through to <paramref name="next"/>, or answers it.</summary>
    public Task AdmitAsync(HttpContext context, RequestDelegate next)
    {
        var state = Current(_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) >= LeastAge, firstOnly: true);
        if (_rate is { } rate && !rate.TryTake())
        {
            return Answers.ErrorAsync(context, 429, "Too Many Requests");
        }

        foreach (var (name, value) in state.Config.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (state.Passwords is not { } passwords || IsOpen(context))
        {
            return next(context);
        }

        if (context.Request.Headers.Authorization is not [{ } authorization])
        {
            return RefuseAsync(context);
        }

        return passwords.Remembers(authorization) switch
        {
            true => next(context),
            false => RefuseAsync(context),
            null => VerifyAsync(passwords, authorization, context, next),
        };
    }

    private bool IsOpen(HttpContext context)
    {
        if (_open.Count == 0)
        {
            return false;
        }

        var target = RequestTarget.PathOf(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        return _open.Contains(target, StringComparer.Ordinal);
    }

    private static async Task VerifyAsync(PasswordCheck passwords, string authorization, HttpContext context, RequestDelegate next) =>
        await (await passwords.VerifyAsync(authorization, context.RequestAborted) ? next(context) : RefuseAsync(context));

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.WWWAuthenticate = "Basic";
        return Answers.ErrorAsync(context, 401, "Unauthorized");
    }

    private SslServerAuthenticationOptions Handshake()
    {
        // A file that dropped TLS needs a restart; meanwhile the certificate at hand goes on.
        var tls = Current(look: true, firstOnly: false).Tls!;
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = tls.Certificate,
            EnabledSslProtocols = tls.Protocols,
            CipherSuitesPolicy = tls.Ciphers,
        };
        if (tls.ClientAuth != ClientAuth.NoClientCert)
        {
            // A resumed session would bring the certificate of a handshake that an older configuration allowed.
            options.AllowTlsResume = false;
            options.ClientCertificateRequired = true;
            options.RemoteCertificateValidationCallback = (_, certificate, chain, _) => ClientCertificates.Admits(tls, certificate, chain, _time, _logger);
        }

        return options;
    }

    private State Current(bool look, bool firstOnly)
    {
        if (!look)
        {
            return _state;
        }

        lock (_loading)
        {
            Volatile.Write(ref _lookedAt, _time.GetTimestamp());
            if (!_state.Seen.HaveChanged(firstOnly))
            {
                return _state;
            }

            if (WebConfigFile.TryLoad(_path, out var config, out var errors))
            {
                Log.WebConfigLoaded(_logger, _path);
                if (config.Tls is null == _tls)
                {
                    Log.TlsNeedsRestart(_logger, _path);
                }

                return _state = Enter(config, _state);
            }

            // Said once for each thing that is wrong, not with every request; and no request pays for reading it again within a second.
            Volatile.Write(ref _lookedAt, _time.GetTimestamp() + _time.TimestampFrequency);
            var wrong = string.Join("\n", errors);
            if (wrong != _state.Wrong)
            {
                Log.WebConfigRefused(_logger, wrong);
                _state = _state with { Wrong = wrong };
            }

            return _state;
        }
    }

    private State Enter(WebConfig config, State? before)
    {
        foreach (var warning in config.Warnings)
        {
            Log.WebConfigWarning(_logger, warning);
        }

        var same = before is not null && before.Config.Users.Count == config.Users.Count && !before.Config.Users.Except(config.Users).Any();
        return new State(
            config,
            config.Tls ?? before?.Tls,
            config.Users.Count == 0 ? null : same ? before!.Passwords : new PasswordCheck(config.Users),
            config.Files,
            "");
    }

    /// <param name="Tls">The TLS settings that hold: those of the newest configuration that has some.</param>
    /// <param name="Wrong">What is wrong with the file now, as far as it was logged.</param>
    private sealed record State(WebConfig Config, TlsSettings? Tls, PasswordCheck? Passwords, FileContents Seen, string Wrong);
}
