using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Tallygate.Tests.Scrape;

/// <summary>Answers every request at once, so that a step of the scraper does all its work before it returns.</summary>
internal sealed class StubTransport : HttpMessageHandler
{
    public const string TextType = "text/plain; version=0.0.4; charset=utf-8";

    public List<HttpRequestMessage> Requests { get; } = [];

    /// <summary>What the next requests are answered.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage> Answer { get; set; } = static _ => Text("");

    public void Show(string body) => Answer = _ => Text(body);

    public static HttpResponseMessage Text(string body, string contentType = TextType)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (contentType.Length > 0)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        return new HttpResponseMessage(HttpStatusCode.OK) { Content = content };
    }

    public string Header(string name) => Requests[^1].Headers.TryGetValues(name, out var values) ? string.Join(",", values) : "";

    public AuthenticationHeaderValue? Authorization => Requests[^1].Headers.Authorization;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Requests.Add(request);
        return Task.FromResult(Answer(request));
    }
}
