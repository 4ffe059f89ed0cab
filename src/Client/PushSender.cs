using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tallygate.Client;

/// <summary>Sends single pushes. Thread-safe.</summary>
public sealed class PushSender : IDisposable
{
    private readonly HttpClient _client;
    private readonly PushSenderOptions _options;
    private readonly TimeProvider _time;

    /// <exception cref="System.Security.Cryptography.CryptographicException">The certificate authorities are no PEM text.</exception>
    public PushSender(PushSenderOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(1) };
        if (options.CertificateAuthorities is { } pem)
        {
            var trusted = new X509Certificate2Collection();
            trusted.ImportFromPem(pem);
            handler.SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(trusted);
        }

        // The time limit is the token's, which a simulated clock can drive.
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Delivers <paramref name="push"/> once and waits for the answer.</summary>
    /// <param name="late">
    /// Whether the push states when it was made. A first attempt does not, so that a script's clock that is off does no harm: then the time
    /// of receipt counts.
    /// </param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public async Task<SendResult> SendAsync(OutgoingPush push, bool late, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            using var request = Request(push, late);
            using var response = await _client.SendAsync(request, either.Token).ConfigureAwait(false);
            var text = (await response.Content.ReadAsStringAsync(either.Token).ConfigureAwait(false)).Trim();
            return Judge(response, text);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new SendResult(SendOutcome.Unreachable, $"{push.Target.Server} did not answer within {_options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
        catch (HttpRequestException problem)
        {
            return new SendResult(SendOutcome.Unreachable, $"cannot reach {push.Target.Server}: {problem.InnerException?.Message ?? problem.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    /// <summary>A time as the server reads it: seconds since 1970 with nanoseconds.</summary>
    internal static string Seconds(long nanoseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000_000}.{nanoseconds % 1_000_000_000:D9}");

    private static SendResult Judge(HttpResponseMessage response, string text)
    {
        var code = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return new SendResult(SendOutcome.Delivered, "");
        }

        var reason = $"{code} {response.ReasonPhrase}{(text.Length == 0 ? "" : ": " + text)}";

        // Wrong credentials are set right where the script runs, and a proxy's page about a server that is away is no judgement of the push.
        var again = code >= 500 || response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout
            or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired;
        return new SendResult(again ? SendOutcome.Unreachable : SendOutcome.Refused, reason, response.Headers.RetryAfter?.Delta);
    }

    private HttpRequestMessage Request(OutgoingPush push, bool late)
    {
        var method = push.Method switch { PushMethod.Put => HttpMethod.Put, PushMethod.Post => HttpMethod.Post, _ => HttpMethod.Delete };
        var request = new HttpRequestMessage(method, new Uri(push.Target.Server + push.Target.Path));
        if (push.Method != PushMethod.Delete)
        {
            request.Content = new ReadOnlyMemoryContent(push.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", push.ContentType);
        }

        var headers = request.Headers;
        headers.TryAddWithoutValidation("Idempotency-Key", push.IdempotencyKey);
        Add(headers, "Tallygate-Run-Id", push.RunId);
        Add(headers, "Tallygate-Run-State", push.RunState);
        Add(headers, "Tallygate-Push-Time", late ? Seconds(push.TimeNs) : null);
        foreach (var (name, value) in push.Headers)
        {
            headers.TryAddWithoutValidation(name, value);
        }

        if (_options.User is { } user)
        {
            var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.Name}:{user.Password}"));
            headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        }

        return request;
    }

    private static void Add(HttpRequestHeaders headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}
