using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Exposition;
using Tallygate.Gateway;
using Tallygate.Gateway.Page;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PushLog;
using Tallygate.PushLog.Embedded;
using Tallygate.Server.Composition;
using Tallygate.Server.Configuration;
using Tallygate.Storage;
using Tallygate.Testing;
using Tallygate.Tests.Gateway;
using Tallygate.Tests.Storage;

namespace Tallygate.Tests.Server;

/// <summary>
/// A small data directory that the whole server made, with every kind of file; each byte of each file is flipped in turn and the server opened
/// on it: it says which file is damaged, or every answer is the truth. Nothing else may happen.
/// </summary>
public sealed class FlippedByteTests(ITestOutputHelper output) : IDisposable
{
    private const string Yaml = """
        global: {evaluation_interval: 10m, scrape_interval: 10m}
        rule_files: [rules.yml]
        gateway:
          totals:
            - match: work
              without: [run]
        """;

    private const string Rules = """
        groups:
          - name: g
            rules:
              - {record: "work:hour", expr: "sum by (job) (sum_over_time(work:pushed[1h]))"}
              - {record: "work:now", expr: "max by (job) (max_over_time(work:pushed[25m]))"}
        """;

    private static readonly DateTimeOffset _start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    // In memory where that can be had: each opening syncs files.
    private readonly string _folder = Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"tallygate-flips-{Guid.NewGuid():n}")).FullName;

    private readonly FakeTimeProvider _time = new(_start);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_flipped_byte_is_told_with_its_file_or_changes_nothing()
    {
        output.WriteLine($"seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        var data = Path.Combine(_folder, "data");
        await MakeAsync(data);
        foreach (var made in new[] { "killed", "stopped" })
        {
            await FlipAllAsync(Path.Combine(_folder, made), random, Soak.Rounds(full: 1, reduced: 150));
        }
    }

    private async Task FlipAllAsync(string made, Random random, int stride)
    {
        var files = Directory.GetFiles(made, "*", SearchOption.AllDirectories).Where(static f => Path.GetFileName(f) != "LOCK").Order(StringComparer.Ordinal).ToList();
        AssertEveryKind(made, files);
        var data = Path.Combine(_folder, "flipped");
        Copy(made, data);
        var truth = await ReadAsync(data);
        Assert.True(truth.Count > 30, string.Join('\n', truth));
        var (told, elsewhere, all) = (0, 0, 0);
        foreach (var file in files)
        {
            var name = Path.GetRelativePath(made, file);
            var bytes = await File.ReadAllBytesAsync(file);
            for (var at = random.Next(Math.Min(stride, bytes.Length)); at < bytes.Length; at += stride)
            {
                Copy(made, data);
                var flipped = bytes.ToArray();
                flipped[at] ^= (byte)random.Next(1, 256);
                await File.WriteAllBytesAsync(Path.Combine(data, name), flipped);
                all++;
                try
                {
                    Assert.True(truth.SequenceEqual(await ReadAsync(data)), $"byte {at} of {name} changed an answer in silence");
                }
                catch (Exception e) when (e is StartException or IOException)
                {
                    told++;
                    elsewhere += e.Message.Contains(Path.Combine(data, name), StringComparison.Ordinal) ? 0 : 1;
                    Assert.True(e.Message.Contains(data, StringComparison.Ordinal), $"byte {at} of {name}: no file is named: {e.Message}");
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    Assert.Fail($"byte {at} of {name}: {e}");
                }
            }
        }

        output.WriteLine($"{Path.GetFileName(made)}: {files.Count} files, {files.Sum(static f => new FileInfo(f).Length)} bytes; {all} flipped, {told} told, {all - told} harmless; {elsewhere} told of another file or its directory");
        Assert.InRange(told, all / 2, all);
        Assert.InRange(elsewhere, 0, all / 50);
    }

    private static void AssertEveryKind(string made, List<string> files)
    {
        int Count(string start, string end) => files.Select(f => Path.GetRelativePath(made, f))
            .Count(f => f.StartsWith(start, StringComparison.Ordinal) && f.EndsWith(end, StringComparison.Ordinal));

        Assert.InRange(Count("log", ".wal"), 2, 20);
        foreach (var database in new[] { "pushes", "samples" })
        {
            Assert.Equal(1, Count(database, "head.snapshot"));
            Assert.InRange(Count(database, "meta.json"), 1, 9);
            Assert.InRange(Count(database, "index"), 1, 9);
            Assert.InRange(Count(database, "000001"), 1, 9);
            Assert.True(
                files.Exists(f => f.Contains(database, StringComparison.Ordinal) && f.EndsWith("tombstones", StringComparison.Ordinal) && new FileInfo(f).Length > 9),
                $"nothing is deleted in {database}: {string.Join('\n', files.Select(static f => $"{f} {new FileInfo(f).Length}"))}");
        }

        Assert.InRange(Count(Path.Combine("samples", "wal"), ".wal"), 1, 9);
        Assert.True(
            made.EndsWith("stopped", StringComparison.Ordinal) || files.Exists(f => f.Contains("samples/wal", StringComparison.Ordinal) && new FileInfo(f).Length > 300),
            "the write-ahead log is empty");
    }

    /// <summary>Makes the data directory, and two pictures of it: one as a kill leaves it, one as a stop does.</summary>
    private async Task MakeAsync(string data)
    {
        await MakeOldLogAsync(Path.Combine(data, "log"));
        var server = await OpenAsync(data);
        await server.StartHttpAsync();
        using (var client = new HttpClient { BaseAddress = new Uri(server.Addresses[0]) })
        {
            await LiveAsync(server, client, 30);
            using var deleted = await client.PostAsync($"/api/v1/admin/tsdb/delete_series?match[]=work:hour&match[]=work:pushed{{job=\"b\"}}&end={_start.AddHours(1).ToUnixTimeSeconds()}", null);
            Assert.True((int)deleted.StatusCode == 204, await deleted.Content.ReadAsStringAsync());
        }

        await server.DisposeAsync();
        server = await OpenAsync(data);
        await server.StartHttpAsync();
        using (var client = new HttpClient { BaseAddress = new Uri(server.Addresses[0]) })
        {
            await LiveAsync(server, client, 7);
        }

        // Long enough for both logs to be sealed.
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            server.StepStorage(Now);
        }

        Copy(data, Path.Combine(_folder, "killed"));
        await server.DisposeAsync();
        Copy(data, Path.Combine(_folder, "stopped"));
    }

    /// <summary>The first pushes, in segments so short that there are several.</summary>
    private async Task MakeOldLogAsync(string directory)
    {
        await using var log = EmbeddedPushLog.Open(directory, new EmbeddedPushLogOptions { SegmentBytes = 600 });
        var pushes = new InMemoryStorage(allowOutOfOrder: true);
        var gateway = new PushGateway(log, pushes, pushes, pushes, new GatewayOptions(), _time, NullLogger<PushGateway>.Instance);
        await gateway.StartAsync();
        for (var i = 0; i < 6; i++)
        {
            await gateway.PushAsync(Pushed.Put("job=old", Pushed.Gauge("work", i), Pushed.Histogram("took", "", i, (1, 2), (double.PositiveInfinity, 3))));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await gateway.StopAsync();
    }

    private async Task LiveAsync(TallygateServer server, HttpClient client, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            var query = i % 5 == 0 ? $"?idempotency_key=k{i}" : i % 5 == 1 ? $"?run_id=r{i}" : "";
            using (var answer = await client.PutAsync($"/metrics/job/{(i % 2 == 0 ? "a" : "b")}{query}", new StringContent($"# TYPE work gauge\nwork{{kind=\"x\"}} {i * 1.5:R}\nother {i}\n")))
            {
                Assert.Equal(200, (int)answer.StatusCode);
            }

            if (i % 7 == 0)
            {
                using var refused = await client.PutAsync("/metrics/job/a", new StringContent("work 1\nwork 1\n"));
                Assert.Equal(400, (int)refused.StatusCode);
            }

            server.StepAll(Now);
            _time.Advance(TimeSpan.FromMinutes(10));
            for (var step = 0; step < 12; step++)
            {
                _time.Advance(TimeSpan.FromMilliseconds(20));
                server.StepStorage(Now);
            }
        }
    }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<TallygateServer> OpenAsync(string data)
    {
        var (config, rules) = (Path.Combine(_folder, "prometheus.yml"), Path.Combine(_folder, "rules.yml"));
        if (!File.Exists(config))
        {
            await File.WriteAllTextAsync(rules, Rules);
            await File.WriteAllTextAsync(config, Yaml);
        }

        var server = TallygateServer.Create(
            new ServerOptions { ListenAddresses = ["127.0.0.1:0"], StoragePath = data, ConfigFile = config, SampleGateway = false, EnableAdminApi = true },
            new ServerSetup { Time = _time });
        await server.OpenAsync();
        return server;
    }

    /// <summary>All that can be asked: series and samples, names and values of labels, groups, totals, keys, runs, the log.</summary>
    private async Task<List<string>> ReadAsync(string data)
    {
        await using var server = await OpenAsync(data);
        var read = new List<string>();
        foreach (var series in StorageReading.All(server.Storage))
        {
            read.Add($"{series.Labels} {string.Join(' ', series.Samples.Select(static s => $"{BitConverter.DoubleToInt64Bits(s.Value):x}@{s.Time}"))}");
        }

        using (var querier = server.Storage.Querier(long.MinValue, long.MaxValue))
        {
            foreach (var name in querier.LabelNames([], 0))
            {
                read.Add($"{name}: {string.Join(',', querier.LabelValues(name, [], 0))}");
                read.Add($"{name}: {StorageReading.Select(querier, true, new LabelMatcher(Tallygate.Model.MatchType.Regexp, name, ".+")).Count}");
            }
        }

        var gateway = server.Gateway;
        read.AddRange(new MetricsPage(() => gateway.Groups).AsText().Split('\n'));
        read.AddRange(gateway.TrueTotals().SelectMany(static f => f.Metrics.Select(m => $"{f.Name}{m.Labels} {BitConverter.DoubleToInt64Bits(m.Value):x}")));
        var stats = gateway.Stats();
        read.Add($"keys {stats.IdempotencyKeys}, runs {stats.OpenRuns}, position {stats.Position}");
        foreach (var run in new[] { 0, 5, 10 })
        {
            var again = await gateway.PushAsync(Pushed.Put("job=a", Pushed.Gauge("elsewhere", 1)) with { Notes = new PushNotes { IdempotencyKey = $"k{run}" } });
            read.Add($"key k{run}: {again.Status} {again.Replayed}");
        }

        return read;
    }

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(static f => Path.GetFileName(f) != "LOCK"))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
