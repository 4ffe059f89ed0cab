using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tallygate.Testing;

namespace Tallygate.Tests.Acceptance;

/// <summary>
/// What the rows of all chapters share. A test is named after the row of the behaviour study that it holds the gateway to: <c>P24_…</c>, or
/// <c>P20_P21_…</c> for several. Every row begins with an empty gateway.
/// </summary>
public abstract class Rows(GatewayFixture fixture) : IAsyncLifetime
{
    protected const string Inconsistent = "pushed metrics are invalid or inconsistent with existing metrics: ";

    protected GatewayFixture Fixture => fixture;

    /// <summary>The clock's time as <c>push_time_seconds</c> shows it.</summary>
    protected string Now => Tallygate.Model.FloatText.Format(
        (fixture.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100 / 1e9, Tallygate.Model.FloatForm.Exposition);

    public async ValueTask InitializeAsync()
    {
        await fixture.Server.Tallygate.Gateway.WipeAsync();
        Advance(10);
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    protected void Advance(double seconds) => fixture.Time.Advance(TimeSpan.FromSeconds(seconds));

    protected Task<RawAnswer> Send(RawRequest request) => fixture.Client.SendAsync(request, TestContext.Current.CancellationToken);

    protected Task<RawAnswer> Send(string method, string target, byte[]? body, params (string Name, string Value)[] headers) =>
        Send(new RawRequest(method, target) { Body = body, Headers = headers });

    protected Task<RawAnswer> Put(string target, string body = "m 1\n", params (string Name, string Value)[] headers) =>
        Send("PUT", target, Encoding.UTF8.GetBytes(body), headers);

    protected Task<RawAnswer> Post(string target, string body = "m 1\n", params (string Name, string Value)[] headers) =>
        Send("POST", target, Encoding.UTF8.GetBytes(body), headers);

    protected Task<RawAnswer> Delete(string target, params (string Name, string Value)[] headers) => Send("DELETE", target, null, headers);

    protected Task<RawAnswer> Get(string target, params (string Name, string Value)[] headers) => Send("GET", target, null, headers);

    /// <summary>Pushes families of protobuf.</summary>
    protected Task<RawAnswer> PutProtobuf(string target, params ProtobufBody[] families) =>
        Send("PUT", target, ProtobufBody.Of(families), ("Content-Type", ProtobufBody.ContentType));

    /// <summary>The push is taken.</summary>
    protected async Task Taken(string target, string body = "m 1\n") => Status(200, await Put(target, body));

    /// <summary>The body is refused with exactly this text.</summary>
    protected async Task Refused(string target, string body, string text) => Error(400, text, await Put(target, body));

    /// <summary>The scrape, text.</summary>
    protected async Task<string> Page()
    {
        var answer = await Get("/metrics");
        Assert.Equal(200, answer.Status);
        return answer.Text;
    }

    /// <summary>The lines of the scrape that begin with one of these names.</summary>
    protected async Task<string[]> Lines(params string[] names)
    {
        var page = await Page();
        return [.. page.Split('\n').Where(line => names.Any(name => line.StartsWith(name, StringComparison.Ordinal)))];
    }

    /// <summary>The scrape has these lines, each whole.</summary>
    protected async Task Shows(params string[] lines)
    {
        var page = "\n" + await Page();
        foreach (var line in lines)
        {
            Assert.Contains("\n" + line + "\n", page, StringComparison.Ordinal);
        }
    }

    /// <summary>The scrape has no line that begins like this.</summary>
    protected async Task ShowsNo(string beginning) => Assert.DoesNotContain("\n" + beginning, "\n" + await Page(), StringComparison.Ordinal);

    /// <summary>The groups as the query API tells them, each as <c>a=1,job=j</c>.</summary>
    protected async Task<string[]> Groups()
    {
        using var json = await Json("/api/v1/metrics");
        return [.. json.RootElement.GetProperty("data").EnumerateArray().Select(g => string.Join(
            ',', g.GetProperty("labels").EnumerateObject().OrderBy(l => l.Name, StringComparer.Ordinal).Select(l => $"{l.Name}={l.Value.GetString()}")))
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>The names of the families that a group holds, as the query API tells them.</summary>
    protected async Task<string[]> Families(string job)
    {
        using var json = await Json("/api/v1/metrics");
        return [.. json.RootElement.GetProperty("data").EnumerateArray().Single(g => g.GetProperty("labels").GetProperty("job").GetString() == job)
            .EnumerateObject().Select(p => p.Name).Where(n => n is not ("labels" or "last_push_successful"))];
    }

    protected async Task<JsonDocument> Json(string target)
    {
        var answer = await Get(target);
        Assert.Equal(200, answer.Status);
        return JsonDocument.Parse(answer.Body);
    }

    protected static void Status(int status, RawAnswer answer) => Assert.True(status == answer.Status, $"{answer.Status} {answer.Text}");

    /// <summary>An error as Go's server words it.</summary>
    protected static void Error(int status, string text, RawAnswer answer)
    {
        // Errors of a body say on a second line where it is wrong, and perhaps why.
        var lines = answer.Text.Split('\n');
        var place = lines.Length > 2 && Regex.IsMatch(lines[^2], @"^(line \d+, column \d+|byte \d+)(: .+)?$") ? lines[^2] + "\n" : "";
        Assert.Equal((status, $"{text}\n{place}"), (answer.Status, answer.Text));
        Assert.Equal("text/plain; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
    }

    /// <summary>An error whose text begins like this.</summary>
    protected static void ErrorLike(int status, string beginning, RawAnswer answer)
    {
        Assert.Equal(status, answer.Status);
        Assert.StartsWith(beginning, answer.Text, StringComparison.Ordinal);
        Assert.EndsWith("\n", answer.Text, StringComparison.Ordinal);
    }
}
