using System.Net.Http.Headers;
using System.Text.Json;

namespace Tallygate.Conformance;

/// <summary>
/// Exemplars and late samples that Debian's Prometheus has, and left in its directory at kill -9: Tallygate answers for them as it did, before and
/// after kill -9 of its own; and it answers as Prometheus does where both get them by remote write.
/// </summary>
public sealed class ExemplarDataTests
{
    private const int Late = 80;

    [Fact]
    public async Task Exemplars_and_late_samples_move_in()
    {
        using var folder = new TempFolder();
        var configuration = folder.Write("prometheus.yml", "storage: {tsdb: {out_of_order_time_window: 1h}, exemplars: {max_exemplars: 50}}\n");
        var data = Path.Combine(folder.Path, "data");
        string exemplars, samples;
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 300;
        var questions = (
            Exemplars: $"/api/v1/query_exemplars?query=rate(m%5B5m%5D)&start={time}&end={time + 600}",
            Samples: $"/api/v1/query?query=m%5B1h%5D&time={time + 600}");
        using (var prometheus = await ServerProcess.PrometheusAsync(
            configuration, data, "--enable-feature=exemplar-storage", "--web.enable-remote-write-receiver"))
        {
            await FillAsync(prometheus, time);
            for (var i = 0; i < Late; i++)
            {
                // Between the others; so many that Prometheus finishes chunks of them, which lie in other files than the rest.
                await WriteAsync(prometheus, RemoteWriteBody.Of("m", 2, (time * 1000) + (i * 100) + 50, 0.5 + i));
            }

            exemplars = await prometheus.GetAsync(questions.Exemplars);
            samples = await prometheus.GetAsync(questions.Samples);
            prometheus.Kill();
        }

        Assert.Equal(50, Exemplars(exemplars).Count);
        Assert.Equal(2 * (30 + Late), Samples(samples).Count);
        for (var life = 0; life < 3; life++)
        {
            using var tallygate = await ServerProcess.TallygateAsync(
                data, null, "--no-gateway.sampling", "--enable-feature=exemplar-storage", $"--config.file={configuration}");
            Assert.Equal(Exemplars(exemplars), Exemplars(await tallygate.GetAsync(questions.Exemplars)));
            Assert.Equal(Samples(samples), Samples(await tallygate.GetAsync(questions.Samples)));
            tallygate.Kill();
        }
    }

    [Fact]
    public async Task Remote_written_exemplars_are_answered_as_Prometheus_answers()
    {
        using var folder = new TempFolder();
        var configuration = folder.Write("prometheus.yml", "storage: {exemplars: {max_exemplars: 50}}\n");
        using var prometheus = await ServerProcess.PrometheusAsync(
            configuration, Path.Combine(folder.Path, "data"), "--enable-feature=exemplar-storage", "--web.enable-remote-write-receiver");
        var ours = Path.Combine(folder.Path, "ours");
        string[] flags = ["--enable-feature=exemplar-storage", "--web.enable-remote-write-receiver", $"--config.file={configuration}"];
        var tallygate = await ServerProcess.TallygateAsync(ours, null, flags);
        var time = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 300;
        await FillAsync(prometheus, time);
        await FillAsync(tallygate, time);
        for (var life = 0; life < 2; life++)
        {
            foreach (var question in (string[])
            [
                $"query=m&start={time + 10}&end={time + 20}",
                $"query=m%7Bi%3D%220%22%7D%2Bm%7Bi%3D%221%22%7D&start={time}&end={time + 600}",
                "query=count(m%7Bi!%3D%220%22%7D)",
                "query=other",
            ])
            {
                var path = "/api/v1/query_exemplars?" + question;
                Assert.Equal(await prometheus.GetAsync(path), await tallygate.GetAsync(path));
            }

            tallygate.Kill();
            tallygate.Dispose();
            tallygate = await ServerProcess.TallygateAsync(ours, null, flags);
        }

        tallygate.Dispose();
    }

    // Thirty samples of two series, each with an exemplar, of which a ring of fifty holds the newest.
    private static async Task FillAsync(ServerProcess server, long time)
    {
        for (var i = 0; i < 30; i++)
        {
            await WriteAsync(server, RemoteWriteBody.Of("m", 2, (time + i) * 1000, i, $"trace {i}"));
        }
    }

    private static async Task WriteAsync(ServerProcess server, byte[] request)
    {
        using var http = new HttpClient();
        using var body = new ByteArrayContent(request);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        body.Headers.ContentEncoding.Add("snappy");
        using var answer = await http.PostAsync(server.Url + "/api/v1/write", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static List<string> Exemplars(string answer)
    {
        using var document = JsonDocument.Parse(answer);
        return
        [
            .. document.RootElement.GetProperty("data").EnumerateArray()
                .SelectMany(static s => s.GetProperty("exemplars").EnumerateArray().Select(e => s.GetProperty("seriesLabels").GetRawText() + e.GetRawText())),
        ];
    }

    private static List<string> Samples(string answer)
    {
        using var document = JsonDocument.Parse(answer);
        return
        [
            .. document.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .SelectMany(static s => s.GetProperty("values").EnumerateArray().Select(v => s.GetProperty("metric").GetRawText() + v.GetRawText()))
                .Order(StringComparer.Ordinal),
        ];
    }
}
