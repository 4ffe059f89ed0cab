using System.Globalization;
using System.Text.Json;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PromQL.Values;
using Tallygate.Storage;
using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>
/// The compliance suite's queries, asked of Debian's Prometheus 2.42 and of this engine over the same samples, which lie off every step and
/// window. What differs is listed with the change between 2.42 and 3.14 that makes the difference.
/// </summary>
public sealed class ComplianceTests
{
    private const long FirstSample = 1_700_000_407;
    private const int Seconds = 2 * 3600;
    private const long Start = 1_700_000_400 + 4_200;
    private const long End = 1_700_000_400 + 6_900;
    private const long Step = 60;

    /// <summary>Queries whose answers differ from those of Prometheus 2.42 on purpose, and the change since then that is the reason.</summary>
    private static readonly Dictionary<string, string> Changes = new()
    {
        ["label_replace(demo_num_cpus, \"~invalid\", \"\", \"src\", \"(.*)\")"] = "3.0: names of labels may be any UTF-8",
    };

    /// <summary>What differs besides where the windows of subqueries are open on the left, as they are outside this test.</summary>
    private static readonly Dictionary<string, string> ChangesOfWindows = new()
    {
        ["avg_over_time(rate(demo_cpu_usage_seconds_total[1m])[2m:10s])"] = "3.0: the point on a window's left end is outside",
    };

    [Fact]
    public async Task Answers_are_those_of_prometheus_but_for_named_changes()
    {
        var corpus = Corpora.PathOf("promql/compliance-queries.yml");
        Assert.SkipWhen(corpus is null, "the conformance data is not beside the checkout");
        var promtool = ServerProcess.Peer("/usr/bin/promtool");
        using var folder = new TempFolder();
        var text = Path.Combine(folder.Path, "om.txt");
        var script = Path.Combine(Corpora.Shared!, "bench", "demo_data.py");
        var made = await Shell.RunAsync("python3", [script, $"{FirstSample}", $"{Seconds}", "15"]);
        Assert.True(made.Code == 0, made.Error);
        await File.WriteAllTextAsync(text, made.Out, TestContext.Current.CancellationToken);
        var data = Path.Combine(folder.Path, "data");
        var blocks = await Shell.RunAsync(promtool, ["tsdb", "create-blocks-from", "openmetrics", text, data]);
        Assert.True(blocks.Code == 0, blocks.Error);
        var configuration = Path.Combine(folder.Path, "prometheus.yml");
        await File.WriteAllTextAsync(configuration, "global: {}\n", TestContext.Current.CancellationToken);
        using var prometheus = await ServerProcess.PrometheusAsync(configuration, data, "--storage.tsdb.retention.time=100y");

        var storage = Load(made.Out);
        var closed = new Engine(new EngineOptions { HasClosedSubqueries = true }, TimeProvider.System);
        var open = new Engine(new EngineOptions(), TimeProvider.System);
        var queries = ComplianceQueries.Read(corpus);
        var withClosed = new Dictionary<string, string>();
        var withOpen = new Dictionary<string, string>();
        foreach (var (query, fails) in queries)
        {
            var expected = await AskAsync(prometheus, query);
            Assert.True(expected is null == fails, query);
            Compare(query, expected, Ask(closed, storage, query), withClosed);
            Compare(query, expected, Ask(open, storage, query), withOpen);
        }

        Assert.Equal(345, queries.Count);
        AssertExplained(withClosed, Changes);
        AssertExplained(withOpen, Changes.Concat(ChangesOfWindows).ToDictionary());
    }

    private static void Compare(
        string query,
        Dictionary<string, List<(long, double)>>? expected,
        Dictionary<string, List<(long, double)>>? actual,
        Dictionary<string, string> differences)
    {
        if (Difference(expected, actual) is { } difference)
        {
            differences.Add(query, difference);
        }
    }

    /// <summary>Each difference has its reason, and each reason a difference.</summary>
    private static void AssertExplained(Dictionary<string, string> differences, Dictionary<string, string> changes)
    {
        var unexplained = differences.Where(d => !changes.ContainsKey(d.Key)).Select(d => $"{d.Key}: {d.Value}").ToList();
        Assert.True(unexplained.Count == 0, $"{unexplained.Count} differ:\n{string.Join('\n', unexplained)}");
        Assert.DoesNotContain(changes.Keys, query => !differences.ContainsKey(query));
    }

    private static InMemoryStorage Load(string text)
    {
        var storage = new InMemoryStorage();
        using var appender = storage.Appender();
        var (key, reference, labels) = ("", default(SeriesRef), Labels.Empty);
        foreach (var line in text.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var close = line.LastIndexOf('}');
            if (line[..close] != key)
            {
                key = line[..close];
                reference = default;
                var open = key.IndexOf('{', StringComparison.Ordinal);
                var parts = key[(open + 1)..].Split(',').SelectMany(p => p.Split('=', 2)).Select(p => p.Trim('"'));
                labels = Labels.Of([Labels.MetricName, key[..open], .. parts]);
            }

            var numbers = line[(close + 2)..].Split(' ');
            var value = double.Parse(numbers[0], CultureInfo.InvariantCulture);
            var status = appender.Append(ref reference, labels, long.Parse(numbers[1], CultureInfo.InvariantCulture) * 1000, value);
            Assert.Equal(AppendStatus.Appended, status);
        }

        appender.Commit();
        return storage;
    }

    private static Dictionary<string, List<(long, double)>>? Ask(Engine engine, InMemoryStorage storage, string query)
    {
        var result = engine.Range(storage, query, Start * 1000, End * 1000, Step * 1000, null, TestContext.Current.CancellationToken);
        return (result.Value as Matrix)?.Series.ToDictionary(
            series => series.Labels.ToString(),
            series => series.Floats.Select(point => (point.Time / 1000, point.Value)).ToList());
    }

    private static async Task<Dictionary<string, List<(long, double)>>?> AskAsync(ServerProcess prometheus, string query)
    {
        using var response = await prometheus.SendAsync(
            HttpMethod.Get, $"/api/v1/query_range?start={Start}&end={End}&step={Step}&query={Uri.EscapeDataString(query)}");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        if (json.RootElement.GetProperty("status").GetString() != "success")
        {
            return null;
        }

        var answer = new Dictionary<string, List<(long, double)>>();
        foreach (var series in json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            var labels = Labels.Of([.. series.GetProperty("metric").EnumerateObject().SelectMany(label => new[] { label.Name, label.Value.GetString()! })]);
            answer.Add(
                labels.ToString(),
                [.. series.GetProperty("values").EnumerateArray().Select(point => (point[0].GetInt64(), Number(point[1].GetString()!)))]);
        }

        return answer;
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static string? Difference(Dictionary<string, List<(long Time, double Value)>>? expected, Dictionary<string, List<(long Time, double Value)>>? actual)
    {
        if (expected is null || actual is null)
        {
            return expected is null == actual is null ? null : expected is null ? "only Prometheus fails" : "only we fail";
        }

        if (!expected.Keys.ToHashSet().SetEquals(actual.Keys))
        {
            return $"series {string.Join(' ', expected.Keys.Except(actual.Keys).Take(2))} against {string.Join(' ', actual.Keys.Except(expected.Keys).Take(2))}";
        }

        foreach (var (labels, points) in expected)
        {
            var ours = actual[labels];
            if (!points.Select(p => p.Time).SequenceEqual(ours.Select(p => p.Time)))
            {
                return $"{labels} has {points.Count} points against {ours.Count}";
            }

            for (var i = 0; i < points.Count; i++)
            {
                var (x, y) = (points[i].Value, ours[i].Value);
                if (!x.Equals(y) && !(Math.Abs(x - y) <= 1e-9 * Math.Max(Math.Abs(x), Math.Abs(y))))
                {
                    return $"{labels} at {points[i].Time}: {x:R} against {y:R}";
                }
            }
        }

        return null;
    }
}
