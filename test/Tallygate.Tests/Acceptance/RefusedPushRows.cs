using System.Text;
using System.Text.Json;
using Tallygate.Gateway;
using Tallygate.Model;
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
            await LeavesTheTime(Labels.Of("job", "testjob"), () => Put("/metrics/job/testjob", body));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{paths.Count} bad paths of the corpus, {Malformed.Length} malformed bodies, {Bodies.Length} refused ones");
    }

    [Fact]
    public async Task P108_P134_Every_bad_step_of_the_corpus_leaves_the_rest_byte_for_byte()
    {
        Assert.SkipWhen(Corpora.PathOf("push") is null, "the corpora are not beside the checkout");
        var refused = 0;
        var sequences = 0;
        foreach (var item in Cases().Where(c => c.GetProperty("kind").GetString() == "sequence"))
        {
            sequences++;
            await Fixture.Server.Tallygate.Gateway.WipeAsync();
            foreach (var step in item.GetProperty("steps").EnumerateArray().Where(s => s.TryGetProperty("status", out _)))
            {
                Advance(2);
                var (method, path, body) = (Text(step, "method"), Text(step, "path"), Encoding.UTF8.GetBytes(Text(step, "body")));
                if (step.GetProperty("status").GetInt32() < 400)
                {
                    Status(step.GetProperty("status").GetInt32(), await Send(method, path, body));
                    continue;
                }

                Assert.True(GroupingPath.TryParse(path.AsSpan("/metrics".Length), out var grouping, out _));
                await LeavesTheTime(grouping, () => Send(method, path, body));
                refused++;
            }
        }

        Assert.True(refused > 0, "the corpus has no bad step");
        TestContext.Current.TestOutputHelper?.WriteLine($"{refused} refused pushes in {sequences} sequences of the corpus, each compared byte for byte");

        static string Text(JsonElement step, string name) => step.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task P108_P135_Every_bad_document_of_the_exposition_corpus_leaves_no_trace()
    {
        Assert.SkipWhen(Corpora.PathOf("exposition") is null, "the corpora are not beside the checkout");
        await Taken("/metrics/job/testjob", "own 7\n");
        var before = await State();
        var refused = 0;
        foreach (var line in File.ReadLines(Corpora.PathOf("exposition/text/families-bad.jsonl")!).Where(l => l.Length > 0))
        {
            using var json = JsonDocument.Parse(line);
            if (Outcome(json.RootElement) == "fail")
            {
                Advance(2);
                await LeavesNothing("/metrics/job/testjob", BytesOf(json.RootElement), null);
                refused++;
            }
        }

        foreach (var file in Directory.GetFiles(Corpora.PathOf("exposition/openmetrics/bad")!, "*.txt"))
        {
            Advance(2);
            await LeavesNothing("/metrics/job/testjob", await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken), "application/openmetrics-text; version=1.0.0");
            refused++;
        }

        Assert.Equal(before, await State());
        TestContext.Current.TestOutputHelper?.WriteLine($"{refused} bad documents of the exposition corpora pushed, each compared byte for byte");

        static string? Outcome(JsonElement item) =>
            item.TryGetProperty("legacy_names_outcome", out var legacy) ? legacy.GetString() : item.GetProperty("outcome").GetString();

        static byte[] BytesOf(JsonElement item) =>
            item.TryGetProperty("input_base64", out var packed) ? packed.GetBytesFromBase64() : Encoding.UTF8.GetBytes(item.GetProperty("input").GetString()!);
    }

    private static List<string> Corpus() =>
    [
        .. Cases().Where(c => c.GetProperty("kind").GetString() == "path" && c.GetProperty("outcome").GetString() == "fail").Select(c => c.GetProperty("path").GetString()!),
    ];

    private static List<JsonElement> Cases()
    {
        var cases = new List<JsonElement>();
        foreach (var line in Corpora.PathOf("push/push-cases.jsonl") is { } file ? File.ReadLines(file).Where(l => l.Length > 0) : [])
        {
            using var json = JsonDocument.Parse(line);
            cases.Add(json.RootElement.Clone());
        }

        return cases;
    }

    private async Task LeavesNothing(string path, byte[] body, string? contentType)
    {
        var before = await State();
        (string, string)[] headers = contentType is null ? [] : [("Content-Type", contentType)];
        foreach (var method in (string[])["PUT", "POST"])
        {
            var answer = await Send(method, path, body, headers);
            Assert.True(answer.Status == 400, $"{answer.Status} {Encoding.UTF8.GetString(body)}");
        }

        Assert.Equal(before, await State());
    }

    private async Task LeavesNothing(string path, string body)
    {
        var (page, groups) = await State();
        Advance(2);
        Status(400, await Send("PUT", path, Encoding.UTF8.GetBytes(body)));
        Status(400, await Send("POST", path, Encoding.UTF8.GetBytes(body)));
        Assert.Equal((page, groups), await State());
    }

    /// <summary>The push fails, and then nothing differs but when its group last failed; where there was no such group, it shows that alone.</summary>
    private async Task LeavesTheTime(Labels grouping, Func<Task<RawAnswer>> push)
    {
        var shown = (grouping.Has("instance") ? grouping : grouping.With("instance", "")).ToString().Replace(", ", ",", StringComparison.Ordinal);
        var failure = $"push_failure_time_seconds{shown} ";
        var (page, groups) = await State();
        var isNew = !page.Contains($"push_time_seconds{shown} ", StringComparison.Ordinal);
        Advance(2);
        Status(400, await push());
        var (after, groupsAfter) = await State();
        Assert.Contains(failure + Now, after, StringComparison.Ordinal);
        if (isNew)
        {
            Assert.Contains($"push_time_seconds{shown} 0", after, StringComparison.Ordinal);
        }

        Assert.Equal(Lines(page), Lines(after));
        Assert.Equal(Members(groups), Members(groupsAfter));

        string Lines(string text) => string.Join('\n', text.Split('\n').Where(l => !l.StartsWith(failure, StringComparison.Ordinal)
            && !(isNew && l.StartsWith($"push_time_seconds{shown} ", StringComparison.Ordinal))));

        string Members(string text)
        {
            using var json = JsonDocument.Parse(text);
            return string.Join('\n', json.RootElement.GetProperty("data").EnumerateArray().Where(g => !(isNew && IsIt(g))).Select(g => string.Join(',', g.EnumerateObject()
                .Where(m => !(IsIt(g) && m.Name is "push_failure_time_seconds" or "last_push_successful")).Select(m => m.ToString()))));
        }

        bool IsIt(JsonElement group) => group.GetProperty("labels").EnumerateObject().OrderBy(l => l.Name, StringComparer.Ordinal).Select(l => new Label(l.Name, l.Value.GetString()!))
            .SequenceEqual(grouping.AsSpan().ToArray());
    }

    /// <summary>All pushed lines of the scrape, without what the program tells of jobs by its clock, and the query API.</summary>
    private async Task<(string Page, string Groups)> State()
    {
        var page = string.Join('\n', (await Page()).Split('\n').Where(l => l.Contains("job=\"", StringComparison.Ordinal)
            && !l.StartsWith("tallygate_job_overdue_seconds{", StringComparison.Ordinal)));
        return (page, (await Get("/api/v1/metrics")).Text);
    }
}
