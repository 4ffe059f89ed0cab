using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;

namespace Tallygate.Scrape;

/// <summary>Fetches the metrics of the targets of one job. Thread-safe.</summary>
internal sealed class ScrapeClient : IDisposable
{
    /// <summary>The error of a scrape whose answer is too long.</summary>
    public const string BodySizeLimitExceeded = "body size limit exceeded";

    private const int FirstBuffer = 64 * 1024;

    private readonly HttpClient _http;
    private readonly ScrapeDefinition _definition;
    private readonly TimeProvider _clock;
    private readonly (string Header, string Value, Action<Uri> Told)? _recognise;

    public ScrapeClient(ScrapeDefinition definition, ScrapeManagerOptions options, TimeProvider clock)
    {
        _definition = definition;
        _clock = clock;
        _recognise = options.Recognise;
        _http = new HttpClient(options.Transport?.Invoke(definition) ?? Transport()) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        var headers = _http.DefaultRequestHeaders;
        headers.TryAddWithoutValidation("Accept", ScrapeProtocols.Accept(definition.Protocols));
        headers.TryAddWithoutValidation("Accept-Encoding", definition.EnableCompression ? "gzip" : "identity");
        headers.TryAddWithoutValidation("User-Agent", options.UserAgent);
        if (definition.Authorization is { } authorization)
        {
            headers.Authorization = new AuthenticationHeaderValue(authorization.Type, authorization.Credentials);
        }
    }

    /// <summary>Fetches once. What goes wrong on the way is an answer too; only the caller's own cancellation throws.</summary>
    public async Task<ScrapeAnswer> FetchAsync(Uri url, TimeSpan timeout, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Headers.TryAddWithoutValidation(
                "X-Prometheus-Scrape-Timeout-Seconds", timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture));
            using var response = await _http
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return ScrapeAnswer.Of($"server returned HTTP status {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd());
            }

            if (_recognise is var (header, value, told) && response.Headers.NonValidated.TryGetValues(header, out var values) && values.ToString() == value)
            {
                told(url);
            }

            return await ReadAsync(response.Content, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return ScrapeAnswer.Of($"Get \"{url}\": context deadline exceeded");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or InvalidDataException)
        {
            return ScrapeAnswer.Of($"Get \"{url}\": {failure.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler Transport() => new()
    {
        // The answer is unpacked here, where its size can be limited; and a proxy of the environment has no part in scraping.
        AutomaticDecompression = DecompressionMethods.None,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private async Task<ScrapeAnswer> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        var contentType = content.Headers.NonValidated.TryGetValues("Content-Type", out var values) ? values.ToString() : "";
        var body = await content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using var closeBody = body.ConfigureAwait(false);
        var unpacked = content.Headers.ContentEncoding.Contains("gzip") ? new GZipStream(body, CompressionMode.Decompress) : body;
        await using var closeUnpacked = unpacked.ConfigureAwait(false);

        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(content.Headers.ContentLength ?? 0, FirstBuffer, 64 * 1024 * 1024));
        var length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length)
                {
                    buffer = Grow(buffer, length);
                }

                var read = await unpacked.ReadAsync(buffer.AsMemory(length), cancellation).ConfigureAwait(false);
                length += read;
                if (_definition.BodySizeLimit > 0 && length > _definition.BodySizeLimit)
                {
                    return ScrapeAnswer.Of(BodySizeLimitExceeded);
                }

                if (read == 0)
                {
                    var answer = ScrapeAnswer.Of(buffer, length, contentType);
                    buffer = [];
                    return answer;
                }
            }
        }
        finally
        {
            if (buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private static byte[] Grow(byte[] buffer, int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(buffer.Length * 2));
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
