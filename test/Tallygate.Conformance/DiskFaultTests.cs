using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Tallygate.Conformance;

/// <summary>The real program on a disk that is full or read-only, and beside another one on the same directory.</summary>
public sealed class DiskFaultTests(ITestOutputHelper output)
{
    private static readonly string _filler = new('x', 4000);

    [Fact]
    public async Task A_full_disk_refuses_pushes_and_goes_on_when_there_is_room()
    {
        using var folder = new TempFolder();
        using var disk = SmallDisk.Mount(folder, "1m");
        var ballast = Path.Combine(disk.Path, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[400_000]);
        var data = Path.Combine(disk.Path, "data");
        var (acknowledged, refused) = (new List<long>(), 0);
        var value = 0L;
        using (var server = await ServerProcess.TallygateAsync(data, null, "--no-gateway.sampling"))
        {
            while (refused < 20)
            {
                var (status, text) = await PushAsync(server, ++value);
                if (status == 200)
                {
                    acknowledged.Add(value);
                    continue;
                }

                Assert.Equal(503, status);
                Assert.Contains(Path.Combine(data, "log"), text, StringComparison.Ordinal);
                refused++;
            }

            // It is all there, and it can be asked for.
            await AssertHolds(server, acknowledged);
            Assert.Contains("tallygate_push_log_failures_total", await server.GetAsync("/metrics"), StringComparison.Ordinal);
            server.Kill();
        }

        // Started again on the full disk: still all there, still no room; then there is.
        var rest = Path.Combine(disk.Path, "rest");
        Fill(rest);
        using (var server = await ServerProcess.TallygateAsync(data, null, "--no-gateway.sampling"))
        {
            await AssertHolds(server, acknowledged);
            Assert.Equal(503, (await PushAsync(server, ++value)).Status);
            File.Delete(ballast);
            File.Delete(rest);
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(200, (await PushAsync(server, ++value)).Status);
                acknowledged.Add(value);
            }

            server.Kill();
        }

        using var again = await ServerProcess.TallygateAsync(data, null, "--no-gateway.sampling");
        await AssertHolds(again, acknowledged);
        output.WriteLine($"{acknowledged.Count} pushes acknowledged, {Directory.GetFiles(Path.Combine(data, "log"), "*.wal").Length} segments");
    }

    [Fact]
    public async Task A_read_only_directory_stops_the_start_and_is_named()
    {
        using var folder = new TempFolder();
        using var disk = SmallDisk.Mount(folder, "4m");
        var data = Path.Combine(disk.Path, "data");
        using (var server = await ServerProcess.TallygateAsync(data, null, "--no-gateway.sampling"))
        {
            Assert.Equal(200, (await PushAsync(server, 1)).Status);
            Assert.Equal(0, await server.StopAsync());
        }

        disk.MakeReadOnly();
        foreach (var path in new[] { data, Path.Combine(disk.Path, "other") })
        {
            var (code, _, error) = await ServeAsync(path);
            Assert.Equal(1, code);
            Assert.Contains(path, error, StringComparison.Ordinal);
            Assert.Contains("ead-only", error, StringComparison.Ordinal);
        }

        // What only reads works.
        var (verified, _, problem) = await Shell.RunAsync(ServerProcess.TallygateProgram, ["log", "verify", $"--storage.path={data}"]);
        Assert.True(verified == 0, problem);
    }

    [Fact]
    public async Task A_second_process_on_the_directory_is_refused_and_the_first_goes_on()
    {
        using var folder = new TempFolder();
        var data = Path.Combine(folder.Path, "data");
        using var server = await ServerProcess.TallygateAsync(data);
        Assert.Equal(200, (await PushAsync(server, 1)).Status);
        foreach (var path in new[] { data, Path.Combine(data, "samples") })
        {
            var (code, _, error) = await ServeAsync(path);
            Assert.Equal(1, code);
            Assert.Contains("in use", error, StringComparison.Ordinal);
            Assert.Contains(path, error, StringComparison.Ordinal);
        }

        Assert.Equal(200, (await PushAsync(server, 2)).Status);
        await AssertHolds(server, [1, 2]);
    }

    private static Task<(int Code, string Out, string Error)> ServeAsync(string data) => Shell.RunAsync(
        ServerProcess.TallygateProgram, ["serve", $"--web.listen-address=127.0.0.1:{Ports.Free()}", $"--storage.path={data}"], seconds: 30);

    private static async Task<(int Status, string Text)> PushAsync(ServerProcess server, long value)
    {
        using var answer = await server.SendAsync(HttpMethod.Put, "/metrics/job/disk", $"# TYPE work gauge\nwork {value}\nfiller{{x=\"{_filler}\"}} {value}\n");
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task AssertHolds(ServerProcess server, List<long> acknowledged)
    {
        Assert.Contains($"\nwork{{instance=\"\",job=\"disk\"}} {acknowledged[^1]}\n", await server.GetAsync("/metrics"), StringComparison.Ordinal);
        // Pushes that follow each other within a millisecond have stamps that lead the clock, by a second at most.
        var time = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1100) / 1000.0;
        var query = $"/api/v1/query?query=work:pushed[1d]&time={time.ToString("F3", CultureInfo.InvariantCulture)}";
        using var document = JsonDocument.Parse(await server.GetAsync(query));
        Assert.Equal(
            acknowledged,
            document.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("values").EnumerateArray()
                .Select(static v => long.Parse(v[1].GetString()!, CultureInfo.InvariantCulture)));
    }

    private static void Fill(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var zeros = new byte[512];
        try
        {
            while (true)
            {
                stream.Write(zeros);
            }
        }
        catch (IOException)
        {
            // There is no room any more: that was the aim.
        }
    }

    /// <summary>A disk in memory that goes with the test; where none can be mounted the test is skipped.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private SmallDisk(string path) => Path = path;

        public string Path { get; }

        public static SmallDisk Mount(TempFolder folder, string size)
        {
            var path = Directory.CreateDirectory(System.IO.Path.Combine(folder.Path, "disk")).FullName;
            Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", path), "no disk can be mounted: only root may");
            return new SmallDisk(path);
        }

        public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", Path));

        public void Dispose() => Run("umount", "-l", Path);

        private static bool Run(string program, params string[] arguments)
        {
            using var process = Process.Start(program, arguments);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
    }
}
