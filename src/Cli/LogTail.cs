using System.Buffers;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Tallygate.PushLog;
using Tallygate.Server.TallygateApi;

namespace Tallygate.Cli;

/// <summary><c>tallygate log tail</c>: the newest entries, and those that come.</summary>
internal static class LogTail
{
    private const int PageEntries = 1000;

    public static async Task<int> RunAsync(LogFlags flags)
    {
        if (!int.TryParse(flags["lines"] ?? "10", NumberStyles.None, CultureInfo.InvariantCulture, out var lines) || lines > 10_000)
        {
            return Commands.Fail("-n is a number up to 10000");
        }

        if (flags.Form == PushEntryForm.Csv)
        {
            return Commands.Fail("tail writes text or ndjson; export writes csv");
        }

        if (flags["storage.path"] is null)
        {
            return await FromServerAsync(flags, lines);
        }

        return flags["url"] is not null ? Commands.Fail("either --url or --storage.path, try --help")
            : flags.Follow ? Commands.Fail("-f follows a server: --url")
            : FromFolder(flags, lines);
    }

    private static int FromFolder(LogFlags flags, int lines)
    {
        var archive = LogCommand.Open(flags.Folder);
        var newest = new Queue<PushLogEntry>();
        var progress = new WorkProgress("entries read", archive.Head.Value - archive.First.Value + 1);
        foreach (var entry in archive.Read(LogPosition.None))
        {
            if (flags.Filter.Takes(entry.Record))
            {
                newest.Enqueue(entry);
                _ = newest.Count > lines ? newest.Dequeue() : default;
            }

            progress.Report(entry.Position.Value - archive.First.Value + 1);
        }

        progress.Done();
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new PushEntryWriter(buffer, flags.Form);
        foreach (var entry in newest)
        {
            writer.Write(entry);
        }

        Console.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        return 0;
    }

    private static async Task<int> FromServerAsync(LogFlags flags, int lines)
    {
        var url = new Uri(flags["url"] ?? Environment.GetEnvironmentVariable("TALLYGATE_URL") ?? "http://localhost:9091");
        using var client = new HttpClient();
        if (url.UserInfo.Length > 0)
        {
            var credentials = Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo));
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(credentials));
        }

        var root = url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') + "/api/v1/pushes";
        var query = flags.Query("newest", Math.Max(lines, 1));
        while (true)
        {
            using var answer = await client.GetAsync(new Uri(root + query));
            var text = await answer.Content.ReadAsStringAsync();
            if (!answer.IsSuccessStatusCode)
            {
                return Commands.Fail($"{root}: {(int)answer.StatusCode} {text.TrimEnd()}");
            }

            var first = query.Contains("order=newest", StringComparison.Ordinal);
            Console.Write(first ? string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(lines).Reverse().Select(l => l + "\n")) : text);
            if (!flags.Follow)
            {
                return 0;
            }

            var at = Header(answer, first ? "Tallygate-Log-Head" : "Tallygate-Log-At");
            query = flags.Query("oldest", PageEntries, $"&wait=20s&from={at}");
        }
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? values.First() : "0";
}
