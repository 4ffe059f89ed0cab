using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Tallygate.Testing;

namespace Tallygate.Conformance;

/// <summary>
/// Kill -9 at any moment of a load by remote write that is so fast that the head is cut into blocks, the log truncated, snapshots written
/// and blocks merged all along: no acknowledged sample is lost or doubled, and a request that was not answered is there whole or not at all.
/// </summary>
public sealed class SampleCrashTests(ITestOutputHelper output)
{
    private const int Series = 40;
    private const long Interval = 60_000;
    private static readonly string[] _flags =
        ["--no-gateway.sampling", "--web.enable-remote-write-receiver", "--storage.tsdb.retention.time=10y", "--query.max-samples=500000000", "--log.level=debug"];

    [Fact]
    public async Task Kill_9_during_a_load_loses_and_doubles_no_sample()
    {
        var rounds = Soak.Rounds(full: 300, reduced: 12);
        output.WriteLine($"{rounds} rounds, seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        using var folder = new TempFolder();
        var port = Ports.Free();
        var begin = DateTimeOffset.UtcNow.AddDays(-300).ToUnixTimeMilliseconds() / Interval * Interval;
        var acknowledged = new HashSet<long>();
        var (next, blocks, snapshots, unanswered) = (0L, 0, 0, 0);
        for (var round = 0; round < rounds; round++)
        {
            long? pending = null;
            using (var server = await ServerProcess.TallygateAsync(folder.Path, port, _flags))
            {
                using var http = new HttpClient();
                var killed = Task.Run(async () =>
                {
                    await Task.Delay(random.Next(50, 900));
                    server.Kill();
                });
                while (pending is null)
                {
                    var scrape = next++;
                    pending = await TrySendAsync(http, server, begin + (scrape * Interval), scrape) ? null : scrape;
                    if (pending is null)
                    {
                        acknowledged.Add(scrape);
                    }
                }

                await killed;
                blocks += server.Log.Split(" was written: ").Length - 1;
                snapshots += server.Log.Split("head snapshot of ").Length - 1;
            }

            using var again = await ServerProcess.TallygateAsync(folder.Path, port, _flags);
            var shown = await ScrapesAsync(again, begin);
            if (pending is { } sent && shown.Contains(sent))
            {
                acknowledged.Add(sent);
                unanswered++;
            }

            Assert.True(
                shown.SetEquals(acknowledged),
                $"round {round}, next {next}: missing {Some(acknowledged.Except(shown))}, too many {Some(shown.Except(acknowledged))}\n{again.Log}");

            // The kill of the next start often falls into what this one began.
            again.Kill();
        }

        output.WriteLine($"{acknowledged.Count} scrapes of {Series} samples acknowledged, {unanswered} found that were not answered, {blocks} blocks and {snapshots} head snapshots written before kills");
        Assert.True(acknowledged.Count > 50 * rounds, "hardly any sample was acknowledged");

        if (Soak.Full)
        {
            // A head snapshot follows each cut, when the head has dropped what the blocks have. A few rounds on a busy machine may see none.
            Assert.True(blocks >= rounds / 4 && snapshots >= rounds / 8, "the head was hardly ever cut");
        }
    }

    private static async Task<bool> TrySendAsync(HttpClient http, ServerProcess server, long time, long value)
    {
        using var body = new ByteArrayContent(RemoteWriteBody.Of("crash", Series, time, value));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        body.Headers.ContentEncoding.Add("snappy");
        try
        {
            using var answer = await http.PostAsync(server.Url + "/api/v1/write", body);
            Assert.Equal(204, (int)answer.StatusCode);
            return true;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The scrapes that are there; every series must have every one of them, once, at its time and with its value.</summary>
    private static async Task<HashSet<long>> ScrapesAsync(ServerProcess server, long begin)
    {
        var shown = new HashSet<long>();
        var sum = 0.0;
        foreach (var series in await ResultAsync(server, "crash{i=\"0\"}[400d]"))
        {
            foreach (var point in series.GetProperty("values").EnumerateArray())
            {
                var value = double.Parse(point[1].GetString()!, CultureInfo.InvariantCulture);
                Assert.Equal(begin + ((long)value * Interval), (long)Math.Round(point[0].GetDouble() * 1000));
                Assert.True(shown.Add((long)value), $"scrape {value} is there twice");
                sum += value;
            }
        }

        foreach (var (function, wanted) in new[] { ("count_over_time", shown.Count), ("sum_over_time", sum) })
        {
            var result = await ResultAsync(server, $"{function}(crash[400d])");
            Assert.Equal(shown.Count == 0 ? 0 : Series, result.Count);
            Assert.All(result, one => Assert.Equal(wanted, double.Parse(one.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)));
        }

        return shown;
    }

    private static async Task<List<JsonElement>> ResultAsync(ServerProcess server, string query)
    {
        using var document = JsonDocument.Parse(await server.GetAsync("/api/v1/query?query=" + Uri.EscapeDataString(query)));
        return [.. document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray().Select(e => e.Clone())];
    }

    private static string Some(IEnumerable<long> scrapes) => string.Join(' ', scrapes.Order().Take(20)) is { Length: > 0 } some ? some : "none";
}
