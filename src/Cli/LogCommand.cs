using System.Buffers;
using System.Globalization;
using System.Text;
using Tallygate.PushLog;
using Tallygate.PushLog.Embedded;
using Tallygate.Server.TallygateApi;

namespace Tallygate.Cli;

/// <summary><c>tallygate log tail|export|verify</c></summary>
internal static class LogCommand
{
    private const string Usage = """
        usage: tallygate log tail   [--url=http://localhost:9091 | --storage.path=DIR] [-n 10] [-f] [--format=text|ndjson] [FILTERS]
               tallygate log export [--storage.path=./data] [--format=ndjson|csv|text] [--output=FILE] [FILTERS]
               tallygate log verify [--storage.path=./data]

        Reads the push log: every push that was accepted, and what was refused and why.

        tail shows the newest entries, oldest of them first, of a running server or of a data directory; -f stays and shows what comes, of a
        server. export writes the entries of a data directory, and verify reads every byte of it and says whether anything is damaged; both read
        only, so the server may run.

        Filters:
          --match=SELECTOR        Entries with a metric that the selector fits, and refusals and deletions of groups it fits. May be repeated.
          --start=TIME --end=TIME Unix seconds or RFC 3339, both included.
          --time=received|stamp   Which time that is: when the server received the push, or where <name>:pushed has its samples.
          --outcome=accepted|refused

        Passwords of --url stand in it: http://user:password@host. Exit code 1 where the log is damaged or cannot be read.
        """;

    private static readonly string[] Filters = ["match", "start", "end", "time", "outcome", "format"];

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        var rest = arguments.Skip(1).ToList();
        try
        {
            string? problem;
            switch (arguments[0])
            {
                case "tail":
                    return LogFlags.Read(rest, PushEntryForm.Text, out problem, [.. Filters, "url", "storage.path", "lines"]) is { } tail
                        ? await LogTail.RunAsync(tail)
                        : Commands.Fail(problem!);
                case "export":
                    return LogFlags.Read(rest, PushEntryForm.Ndjson, out problem, [.. Filters, "storage.path", "output"]) is { } export
                        ? Export(export)
                        : Commands.Fail(problem!);
                case "verify":
                    return LogFlags.Read(rest, PushEntryForm.Text, out problem, "storage.path") is { } verify ? Verify(verify.Folder) : Commands.Fail(problem!);
                default:
                    return Commands.Fail($"expected command but got \"log {arguments[0]}\", try --help");
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or HttpRequestException or UriFormatException)
        {
            return Commands.Fail(error.Message);
        }
    }

    /// <summary>Opens the log of a data directory; said where there is none.</summary>
    public static PushLogArchive Open(string folder)
    {
        var directory = Path.Combine(folder, "log");
        return Directory.Exists(directory)
            ? PushLogArchive.Open(directory)
            : throw new IOException($"{directory}: no such directory; --storage.path names the server's data directory");
    }

    private static int Export(LogFlags flags)
    {
        var archive = Open(flags.Folder);
        using var output = flags["output"] is { } file ? File.Create(file) : Console.OpenStandardOutput();
        var buffer = new ArrayBufferWriter<byte>(1 << 16);
        var writer = new PushEntryWriter(buffer, flags.Form);
        var progress = new WorkProgress("entries read", archive.Head.Value - archive.First.Value + 1);
        var written = 0L;
        foreach (var entry in archive.Read(LogPosition.None))
        {
            if (flags.Filter.Takes(entry.Record))
            {
                writer.Write(entry);
                written++;
            }

            if (buffer.WrittenCount > 1 << 15)
            {
                output.Write(buffer.WrittenSpan);
                buffer.ResetWrittenCount();
                progress.Report(entry.Position.Value - archive.First.Value + 1);
            }
        }

        output.Write(buffer.WrittenSpan);
        progress.Done();
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written} entries written"));
        return 0;
    }

    private static int Verify(string folder)
    {
        var archive = Open(folder);
        var progress = new WorkProgress("entries checked", archive.Head.Value - archive.First.Value + 1);
        var (accepted, refused, samples, oldest, newest) = (0L, 0L, 0L, long.MaxValue, long.MinValue);
        foreach (var (position, record) in archive.Read(LogPosition.None))
        {
            var isAccepted = record.Verdict == PushVerdict.Accepted;
            accepted += isAccepted ? 1 : 0;
            refused += isAccepted ? 0 : 1 + record.Suppressed;
            samples += record.Families.Sum(static f => f.Metrics.Count);
            oldest = Math.Min(oldest, record.ReceivedUnixNano);
            newest = Math.Max(newest, record.ReceivedUnixNano);
            progress.Report(position.Value - archive.First.Value + 1);
        }

        progress.Done();
        var text = new StringBuilder();
        foreach (var segment in archive.Segments)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{segment.Path}: entries {segment.FirstSequence} to {segment.LastSequence}, {segment.Bytes} bytes");
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{archive.Head.Value - archive.First.Value + 1} entries: {accepted} accepted with {samples} metrics, {refused} refused");
        if (newest >= oldest)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"received from {Moment(oldest)} to {Moment(newest)}");
        }

        if (archive.Tail is { } tail)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{tail.File} has {tail.Length} bytes from byte {tail.Offset} on that were never acknowledged: {tail.Reason}");
        }

        Console.Write(text);
        Console.WriteLine("no damage found");
        return 0;
    }

    private static string Moment(long unixNano) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixNano / 1_000_000).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
