using System.Globalization;
using System.Text.Json;
using Tallygate.Model;

namespace Tallygate.Cli;

/// <summary><c>tallygate query instant|range</c></summary>
internal static class QueryCommand
{
    private const string Usage = """
        usage: tallygate query instant [--url=http://localhost:9091] [--time=TIME] EXPR
               tallygate query range   [--url=http://localhost:9091] [--start=TIME] [--end=TIME] [--step=DURATION] EXPR

        Asks a running server, Tallygate or any other that speaks Prometheus's API. TIME is RFC 3339 or Unix seconds. A range is the last hour
        in steps of 15s where nothing else is said.
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        var range = arguments[0] == "range";
        if (!range && arguments[0] != "instant")
        {
            return Commands.Fail("expected \"query instant EXPR\" or \"query range EXPR\", try --help");
        }

        var url = "http://localhost:9091";
        var form = new Dictionary<string, string>();
        if (range)
        {
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            form["start"] = (now - 3600).ToString(CultureInfo.InvariantCulture);
            form["end"] = now.ToString(CultureInfo.InvariantCulture);
            form["step"] = "15s";
        }

        foreach (var argument in arguments.Skip(1))
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                form["query"] = argument;
            }
            else if (equals < 0 || argument[2..equals] is not ("url" or "time" or "start" or "end" or "step"))
            {
                return Commands.Fail($"unknown long flag '{argument}', try --help");
            }
            else if (argument[2..equals] == "url")
            {
                url = argument[(equals + 1)..];
            }
            else
            {
                form[argument[2..equals]] = argument[(equals + 1)..];
            }
        }

        return form.ContainsKey("query") ? await AskAsync(url, range ? "query_range" : "query", form) : Commands.Fail("the expression is missing, try --help");
    }

    private static async Task<int> AskAsync(string url, string endpoint, Dictionary<string, string> form)
    {
        try
        {
            using var client = new HttpClient();
            using var content = new FormUrlEncodedContent(form);
            using var response = await client.PostAsync(new Uri($"{url.TrimEnd('/')}/api/v1/{endpoint}"), content);
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
            var root = answer.RootElement;
            foreach (var kind in (string[])["warnings", "infos"])
            {
                if (root.TryGetProperty(kind, out var texts))
                {
                    foreach (var text in texts.EnumerateArray())
                    {
                        await Console.Error.WriteLineAsync(text.GetString());
                    }
                }
            }

            if (root.GetProperty("status").GetString() != "success")
            {
                return Commands.Fail($"{root.GetProperty("errorType").GetString()}: {root.GetProperty("error").GetString()}");
            }

            Print(root.GetProperty("data"));
            return 0;
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException or UriFormatException)
        {
            return Commands.Fail($"cannot ask {url}: {problem.Message}");
        }
    }

    private static void Print(JsonElement data)
    {
        var result = data.GetProperty("result");
        switch (data.GetProperty("resultType").GetString())
        {
            case "scalar" or "string":
                Console.WriteLine($"{result[1].GetString()} @[{result[0].GetRawText()}]");
                break;
            case "vector":
                foreach (var sample in result.EnumerateArray())
                {
                    Console.WriteLine($"{Name(sample.GetProperty("metric"))} => {Point(sample.TryGetProperty("value", out var value) ? value : sample.GetProperty("histogram"))}");
                }

                break;
            default:
                foreach (var series in result.EnumerateArray())
                {
                    Console.WriteLine($"{Name(series.GetProperty("metric"))} =>");
                    foreach (var kind in (string[])["values", "histograms"])
                    {
                        if (series.TryGetProperty(kind, out var points))
                        {
                            foreach (var point in points.EnumerateArray())
                            {
                                Console.WriteLine(Point(point));
                            }
                        }
                    }
                }

                break;
        }
    }

    private static string Point(JsonElement point) =>
        $"{(point[1].ValueKind == JsonValueKind.String ? point[1].GetString() : point[1].GetRawText())} @[{point[0].GetRawText()}]";

    private static string Name(JsonElement metric)
    {
        var labels = new LabelsBuilder();
        foreach (var label in metric.EnumerateObject())
        {
            labels.Set(label.Name, label.Value.GetString() ?? "");
        }

        var all = labels.ToLabels();
        return all.Count == 1 && all.Has(Labels.MetricName) ? all.Name : all.Name + all.WithoutName();
    }
}
