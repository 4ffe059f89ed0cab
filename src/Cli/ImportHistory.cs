using Tallygate.Exposition;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Gateway.Persistence;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using Tallygate.Tsdb;

namespace Tallygate.Cli;

/// <summary><c>tallygate import openmetrics|prometheus</c>: history that pushed series are to begin with.</summary>
internal static class ImportHistory
{
    public static readonly string[] Flags = ["storage.path", "job", "grouping", "match", "start", "end"];

    /// <summary>Reads an OpenMetrics file or a directory of blocks into the push log of a data directory.</summary>
    public static async Task<int> RunAsync(bool openMetrics, string source, Dictionary<string, string> flags)
    {
        if (!TryRange(flags, out var from, out var to))
        {
            return Commands.Fail("--start and --end are Unix seconds or RFC 3339 times");
        }

        IReadOnlyList<LabelMatcher> selector = [];
        if (flags.GetValueOrDefault("match") is { } text)
        {
            if (!Parser.TryParseMatchers(text, out var matchers, out var errors))
            {
                return Commands.Fail($"--match: {errors[0]}");
            }

            selector = matchers;
        }

        IReadOnlyList<SeedPush> seeds;
        if (openMetrics)
        {
            var builder = new SeedBuilder();
            if (ReadOpenMetrics(await File.ReadAllBytesAsync(source), flags, selector, from, to, builder) is { } why)
            {
                return Commands.Fail($"{source}: {why}");
            }

            seeds = builder.Pushes();
        }
        else
        {
            using var archive = BlockArchive.Open(source);
            var reading = new WorkProgress("groups read", 0);
            seeds = ScrapedPushes.Read(archive, from, to, selector, (done, _) => reading.Report(done));
            reading.Done();
        }

        var folder = flags.GetValueOrDefault("storage.path") ?? "./data";
        await using var log = DataFolder.OpenLog(folder, create: true);
        var progress = new WorkProgress("pushes", seeds.Count);
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;
        var result = await HistoryImport.RunAsync(log, seeds, now, progress.Report);
        progress.Done();
        foreach (var note in result.Notes)
        {
            Console.Error.WriteLine($"  WARNING: {note}");
        }

        Console.WriteLine($"imported {result.Pushes} pushes into {folder}"
            + (result.There > 0 ? $"; {result.There} were imported before" : "")
            + (result.Own > 0 ? $"; {result.Own} are left out, for their groups pushed here by then" : ""));
        return 0;
    }

    /// <summary>Why the file cannot be taken; null where all of it was.</summary>
    private static string? ReadOpenMetrics(
        byte[] bytes, Dictionary<string, string> flags, IReadOnlyList<LabelMatcher> selector, long from, long to, SeedBuilder seeds)
    {
        var grouping = (flags.GetValueOrDefault("grouping") ?? "job,instance").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var progress = new WorkProgress("pushes read", 0);
        var reader = new OpenMetricsReader(bytes, new Utf8StringPool());
        while (reader.Read(out var entry))
        {
            if (entry.Kind != ExpositionEntryKind.Series)
            {
                continue;
            }

            var series = System.Text.Encoding.UTF8.GetString(entry.Series);
            if (entry.TimestampMs is not { } time)
            {
                return $"expected timestamp for series {series}, got none";
            }

            if (!reader.TryGetLabels(out var labels))
            {
                break;
            }

            labels = labels.WithoutEmpty();
            labels = flags.GetValueOrDefault("job") is { } job && !labels.Has("job") ? labels.With("job", job) : labels;
            if (!labels.Has("job"))
            {
                return $"series {series} has no label job; --job=NAME gives it one";
            }

            if (time >= from && time <= to && selector.All(m => m.Matches(labels.Get(m.Name))))
            {
                seeds.Add(GroupOf(labels, grouping), time * 1_000_000, labels, entry.Value);
                progress.Report(seeds.Count);
            }
        }

        progress.Done();
        return reader.Failed ? reader.Error.Text : null;
    }

    private static Labels GroupOf(Labels labels, string[] grouping)
    {
        var group = new LabelsBuilder();
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (label.Name == "job" || grouping.Contains(label.Name))
            {
                group.Set(label.Name, label.Value);
            }
        }

        return group.ToLabels();
    }

    private static bool TryRange(Dictionary<string, string> flags, out long from, out long to)
    {
        (from, to) = (0, long.MaxValue / 1_000_000);
        var valid = true;
        if (flags.GetValueOrDefault("start") is { } start)
        {
            valid &= ClientFlags.TryTime(start, out var nanoseconds);
            from = nanoseconds / 1_000_000;
        }

        if (flags.GetValueOrDefault("end") is { } end)
        {
            valid &= ClientFlags.TryTime(end, out var nanoseconds);
            to = nanoseconds / 1_000_000;
        }

        return valid;
    }
}
