using System.Globalization;
using System.Text;
using System.Text.Json;
using Tallygate.Model;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;
using Tallygate.Tsdb;

namespace Tallygate.Tests.Cli;

/// <summary>History from elsewhere: pushed series reach back, the gateway view stays, and nothing comes twice.</summary>
public sealed class HistoryImportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-history-").FullName;
    private readonly long _now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    private string Data => Path.Combine(_folder, "data");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task OpenMetrics_samples_are_pushes_of_their_time()
    {
        // A group that pushes here itself: what it pushed stands, and only what is older is taken.
        await using (var server = await ServeAsync())
        {
            using var client = Client(server);
            await PushAsync(client, "/metrics/job/own", "records 1000\n");
        }

        var (code, text, error) = await ImportAsync("openmetrics", Write("history.om", OpenMetrics()), "--job=nightly");
        Assert.True(code == 0, text + error);
        Assert.Equal($"imported 64 pushes into {Data}; 1 are left out, for their groups pushed here by then\n", text);
        (_, text, _) = await ImportAsync("openmetrics", Write("history.om", OpenMetrics()), "--job=nightly");
        Assert.Equal($"imported 0 pushes into {Data}; 64 were imported before; 1 are left out, for their groups pushed here by then\n", text);
        await using (var server = await ServeAsync())
        {
            using var client = Client(server);
            Assert.Equal(60 * 61 / 2, await SumAsync(client, "sum_over_time(records:pushed{job=\"nightly\"}[90d])"));
            Assert.Equal(60, await SumAsync(client, "count_over_time(push_time_seconds:pushed{job=\"nightly\"}[90d])"));
            Assert.Equal(30 * 61, await SumAsync(client, "sum_over_time(h_bucket:pushed{job=\"nightly\",le=\"1.0\"}[90d])"));
            Assert.Equal(1007, await SumAsync(client, "sum_over_time(records:pushed{job=\"own\"}[90d])"));
            Assert.Equal(7, await SumAsync(client, "sum_over_time(records:pushed{job=\"own\"}[1d] offset 2d)"));
            Assert.Equal(6, await SumAsync(client, "sum_over_time(records:pushed{job=\"other\",instance=\"i\",shard=\"1\"}[90d])"));
            var page = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
            Assert.DoesNotContain("records{instance=\"\",job=\"nightly\"}", page, StringComparison.Ordinal);
            Assert.Contains("records{instance=\"\",job=\"own\"} 1000\n", page, StringComparison.Ordinal);

            // From here on it pushes as any other.
            await PushAsync(client, "/metrics/job/nightly", "records 5\n");
            Assert.Equal((60 * 61 / 2) + 5, await SumAsync(client, "sum_over_time(records:pushed{job=\"nightly\"}[90d])"));
        }
    }

    [Theory]
    [InlineData("records 1\n# EOF\n", "expected timestamp for series records, got none")]
    [InlineData("records 1 1700000000\n# EOF\n", "series records has no label job; --job=NAME gives it one")]
    [InlineData("records 1 17", "line 1")]
    public async Task What_cannot_be_read_is_told_and_nothing_is_taken(string file, string why)
    {
        var (code, _, error) = await ImportAsync("openmetrics", Write("bad.om", file));
        Assert.Equal(1, code);
        Assert.Contains(file.EndsWith("17", StringComparison.Ordinal) ? "bad.om" : why, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    [Fact]
    public async Task Pushes_that_a_Prometheus_saw_are_found_in_its_blocks()
    {
        var import = new BlockImport(TimeSpan.FromHours(2));
        var start = (_now - 86_400) * 1000;
        for (var scrape = 0; scrape < 100; scrape++)
        {
            // A push every fifth scrape, three seconds before it; the group with a batch is not the other's.
            var time = start + (scrape * 15_000L);
            var push = scrape / 5;
            var pushed = (start + (push * 75_000L) - 3000) / 1000.0;
            Add(import, time, "push_time_seconds", pushed, "job", "a");
            Add(import, time, "records", push, "job", "a");
            Add(import, time, "records", 1000 + push, "job", "a", "type", "x");
            Add(import, time, "push_time_seconds", pushed + 1, "job", "a", "batch", "1");
            Add(import, time, "records", 1_000_000, "job", "a", "batch", "1");
            Add(import, time, "up", 1, "job", "pushgateway");
            Add(import, time, "push_time_seconds", pushed, "job", "pushgateway", "exported_job", "b", "exported_instance", "i");
            Add(import, time, "records", 7, "job", "pushgateway", "exported_job", "b", "exported_instance", "i");
        }

        var blocks = Directory.CreateDirectory(Path.Combine(_folder, "blocks")).FullName;
        while (import.WriteNext(blocks, _now * 1000) is not null)
        {
        }

        var (code, text, error) = await ImportAsync("prometheus", blocks);
        Assert.True(code == 0, text + error);
        Assert.Equal($"imported 60 pushes into {Data}\n", text);
        await using var server = await ServeAsync();
        using var client = Client(server);
        Assert.Equal(19 * 20 / 2, await SumAsync(client, "sum_over_time(records:pushed{job=\"a\",batch=\"\",type=\"\"}[2d])"));
        Assert.Equal(20_000 + (19 * 20 / 2), await SumAsync(client, "sum_over_time(records:pushed{type=\"x\"}[2d])"));
        Assert.Equal(20_000_000, await SumAsync(client, "sum_over_time(records:pushed{batch=\"1\"}[2d])"));
        Assert.Equal(140, await SumAsync(client, "sum_over_time(records:pushed{job=\"b\",instance=\"i\"}[2d])"));
        Assert.Equal((start - 3000) / 1000.0, await SumAsync(client, "min_over_time(push_time_seconds:pushed{job=\"b\"}[2d])"));
    }

    private static void Add(BlockImport import, long time, string name, double value, params string[] labels) =>
        import.Add(Labels.Of([.. labels]).With(Labels.MetricName, name), time, value);

    /// <summary>A run a day over two months, and a few of other groups.</summary>
    private string OpenMetrics()
    {
        var text = new StringBuilder("# TYPE records gauge\n");
        for (var day = 60; day >= 1; day--)
        {
            text.Append(CultureInfo.InvariantCulture, $"records {day} {_now - (day * 86_400)}\n");
        }

        for (var i = 1; i <= 3; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"records{{job=\"other\",instance=\"i\",shard=\"1\"}} {i} {_now - 10_000 + i}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"records{{job=\"own\"}} 7 {_now - (2 * 86_400) - 3600}\nrecords{{job=\"own\"}} 9 {_now + 3600}\n# TYPE h histogram\n");
        foreach (var (series, value) in new[] { ("h_bucket{le=\"1.0\"}", 30.5), ("h_bucket{le=\"+Inf\"}", 31), ("h_sum", 3), ("h_count", 31) })
        {
            for (var day = 60; day >= 1; day--)
            {
                text.Append(CultureInfo.InvariantCulture, $"{series} {value} {_now - (day * 86_400)}\n");
            }
        }

        return text.Append("# EOF\n").ToString();
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }

    private Task<(int Code, string Out, string Error)> ImportAsync(params string[] arguments) =>
        TallygateProgram.RunAsync(["import", .. arguments, "--storage.path=" + Data]);

    private async Task<TallygateServer> ServeAsync()
    {
        var server = TallygateServer.Create(new ServerOptions { ListenAddresses = ["127.0.0.1:0"], StoragePath = Data });
        await server.OpenAsync();
        await server.StartHttpAsync();
        return server;
    }

    private static HttpClient Client(TallygateServer server) => new() { BaseAddress = new Uri(server.Addresses[0]) };

    private static async Task PushAsync(HttpClient client, string path, string body)
    {
        using var content = new StringContent(body);
        using var answer = await client.PutAsync(path, content, TestContext.Current.CancellationToken);
        Assert.Equal(200, (int)answer.StatusCode);
    }

    private static async Task<double> SumAsync(HttpClient client, string query)
    {
        using var document = JsonDocument.Parse(
            await client.GetStringAsync("/api/v1/query?query=" + Uri.EscapeDataString($"sum({query})"), TestContext.Current.CancellationToken));
        var result = document.RootElement.GetProperty("data").GetProperty("result");
        return result.GetArrayLength() == 0 ? 0 : double.Parse(result[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
    }
}
