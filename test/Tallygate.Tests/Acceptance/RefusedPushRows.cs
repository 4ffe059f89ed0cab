using System.Text;
using System.Text.Json;
using Tallygate.Testing;

namespace Tallygate.Tests.Acceptance;

/// <summary>A refused push changes nothing but the failure time of its group, where the original sets it, and counters.</summary>
public sealed class RefusedPushRows(GatewayFixture fixture) : Rows(fixture), IClassFixture<GatewayFixture>
{
    private static readonly string[] Bodies = ["a 1 1\n", "a 1\na 2\n", "# TYPE kept gauge\nkept 1\n", "a{__x=\"1\"} 1\n", "a:pushed 1\n", "go_goroutines 1\n"];

    private static readonly string[] Malformed = ["a 1", "blablabla\n", "a{x=1} 1\n", "{} 1\n", "# TYPE a b\n", "\0\n"];

    [Fact]
    public async Task P108_P134_P135_P350_Every_bad_row_leaves_the_rest_byte_for_byte()
    {
        await Taken("/metrics/job/keeper/instance/i", "# HELP kept Words.\n# TYPE kept counter\nkept{x=\"1\"} 42\n# TYPE h histogram\nh_bucket{le=\"1\"} 2\nh_count 2\nh_sum 1\n");
        await Taken("/metrics/job/testjob", "own 7\n");
        var paths = Corpus();
        foreach (var path in paths)
        {
            await LeavesNothing(path, "m 1\n");
        }

        foreach (var body in Malformed)
        {
            await LeavesNothing("/metrics/job/testjob", body);
            await LeavesNothing("/metrics/job/newcomer", body);
        }

        foreach (var path in new[] { "/metrics/job/%FF", "/metrics/job/keeper/instance/i/x/%FF" })
        {
            await LeavesNothing(path, "m 1\n");
        }

        foreach (var body in Bodies)
        {
            await LeavesTheTime("/metrics/job/testjob", "testjob", body);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{paths.Count} bad paths of the corpus, {Malformed.Length} malformed bodies, {Bodies.Length} refused ones");
    }

    private static List<string> Corpus()
    {
        var paths = new List<string>();
        foreach (var line in Corpora.PathOf("push/push-cases.jsonl") is { } file ? File.ReadLines(file).Where(l => l.Length > 0) : [])
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("kind").GetString() == "path" && json.RootElement.GetProperty("outcome").GetString() == "fail")
            {
                paths.Add(json.RootElement.GetProperty("path").GetString()!);
            }
        }

        return paths;
    }

    private async Task LeavesNothing(string path, string body)
    {
        var (page, groups) = await State();
        Advance(2);
        Status(400, await Send("PUT", path, Encoding.UTF8.GetBytes(body)));
        Status(400, await Send("POST", path, Encoding.UTF8.GetBytes(body)));
        Assert.Equal((page, groups), await State());
    }

    private async Task LeavesTheTime(string path, string job, string body)
    {
        var time = $"push_failure_time_seconds{{instance=\"\",job=\"{job}\"}} ";
        var (page, _) = await State();
        Advance(2);
        Status(400, await Put(path, body));
        var (after, _) = await State();
        Assert.Equal(Without(page), Without(after));
        Assert.Contains(time + Now, after, StringComparison.Ordinal);

        string Without(string text) => string.Join('\n', text.Split('\n').Where(l => !l.StartsWith(time, StringComparison.Ordinal)));
    }

    /// <summary>All pushed lines of the scrape, and the query API.</summary>
    private async Task<(string Page, string Groups)> State()
    {
        var page = string.Join('\n', (await Page()).Split('\n').Where(l => l.Contains("job=\"", StringComparison.Ordinal)));
        return (page, (await Get("/api/v1/metrics")).Text);
    }
}
