using System.Text.Json;
using Tallygate.Server.Configuration;
using Tallygate.Testing;

namespace Tallygate.Tests.Server;

/// <summary>The corpus of pushes over real sockets: paths, statuses, and what a scrape shows after them.</summary>
public sealed class PushCorpusTests
{
    public static TheoryData<string> Cases()
    {
        var data = new TheoryData<string>();
        if (Corpora.PathOf("push/push-cases.jsonl") is { } path)
        {
            foreach (var line in File.ReadLines(path).Where(l => l.Length > 0))
            {
                using var json = JsonDocument.Parse(line);
                data.Add(json.RootElement.GetProperty("name").GetString()!);
            }
        }
        else
        {
            data.Add("");
        }

        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Behaves_as_the_corpus_says(string name)
    {
        if (name.Length == 0)
        {
            Assert.Skip("the corpora are not beside the checkout");
        }

        using var json = JsonDocument.Parse(File.ReadLines(Corpora.PathOf("push/push-cases.jsonl")!)
            .Single(l => l.StartsWith($"{{\"name\": \"{name}\"", StringComparison.Ordinal)));
        var needsUtf8 = json.RootElement.TryGetProperty("needs", out var needs) && needs.EnumerateArray().Any(n => n.GetString() == "utf8-names");
        await using var server = await TestServer.StartAsync(new ServerOptions { Utf8Names = needsUtf8 });
        if (json.RootElement.GetProperty("kind").GetString() == "path")
        {
            await PathAsync(server, json.RootElement);
            return;
        }

        foreach (var step in json.RootElement.GetProperty("steps").EnumerateArray())
        {
            await StepAsync(server, step);
        }
    }

    private static async Task PathAsync(TestServer server, JsonElement item)
    {
        var answer = await server.RawAsync("PUT", item.GetProperty("path").GetString()!, "m 1\n");
        if (item.GetProperty("outcome").GetString() == "fail")
        {
            Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
            Assert.Equal(0, server.Tallygate.Gateway.Groups.Count);
            return;
        }

        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        var key = Assert.Single(server.Tallygate.Gateway.Groups.All()).Key;
        var expected = item.GetProperty("grouping").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);
        Assert.Equal(expected.OrderBy(p => p.Key), key.AsSpan().ToArray().Select(l => KeyValuePair.Create(l.Name, l.Value)).OrderBy(p => p.Key));
    }

    private static async Task StepAsync(TestServer server, JsonElement step)
    {
        if (!step.TryGetProperty("scrape", out _))
        {
            var (status, body, _) = await server.SendAsync(
                step.GetProperty("method").GetString()!, step.GetProperty("path").GetString()!, step.GetProperty("body").GetString()!);
            Assert.True(step.GetProperty("status").GetInt32() == status, $"{status}: {body}");
            return;
        }

        var (_, page, _) = await server.SendAsync("GET", "/metrics");
        foreach (var text in step.GetProperty("present").EnumerateArray())
        {
            Assert.Contains("\n" + text.GetString(), "\n" + page, StringComparison.Ordinal);
        }

        foreach (var text in step.GetProperty("absent").EnumerateArray())
        {
            Assert.DoesNotContain(text.GetString()!, "\n" + page, StringComparison.Ordinal);
        }
    }
}
