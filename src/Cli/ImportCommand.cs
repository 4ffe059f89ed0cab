using Tallygate.Gateway.Persistence;

namespace Tallygate.Cli;

/// <summary><c>tallygate import pushgateway|openmetrics|prometheus</c></summary>
internal static class ImportCommand
{
    private const string Usage = """
        usage: tallygate import pushgateway [--storage.path=./data] FILE
               tallygate import openmetrics [--storage.path=./data] [--job=NAME] [--grouping=job,instance] [FILTERS] FILE
               tallygate import prometheus  [--storage.path=./data] [FILTERS] DIRECTORY

        Brings what was pushed elsewhere into a data directory whose server is stopped. All of it may be repeated: nothing comes twice.

        pushgateway: what a Pushgateway kept in its --persistence.file: its groups, their push times,
        and the last push of each as the first sample of its pushed series. Groups that are there already stay as they are. A server does the
        same by itself when it is started with --persistence.file=FILE on an empty directory.

        openmetrics and prometheus seed history: the pushed series (<name>:pushed) reach back, /metrics stays as it is. Of a group that pushed here
        already only what is older is taken.

        openmetrics: samples with timestamps. Those of one time and group are one push; --grouping names the labels that make a group, --job the
        job of series without one. Histograms come as their parts.

        prometheus: blocks of a Prometheus that scraped a Pushgateway (its data directory, or a snapshot of it). Whenever push_time_seconds of a
        group changed there was a push; its values are what that scrape saw. Pushes between two scrapes, but for the last, were never seen.

        Filters: --match=SELECTOR --start=TIME --end=TIME
        """;

    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        var kind = arguments[0];
        var known = kind == "pushgateway" ? ["storage.path"] : ImportHistory.Flags;
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        var files = new List<string>();
        foreach (var argument in arguments.Skip(1))
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (!argument.StartsWith("--", StringComparison.Ordinal))
            {
                files.Add(argument);
            }
            else if (equals > 2 && known.Contains(argument[2..equals]))
            {
                flags[argument[2..equals]] = argument[(equals + 1)..];
            }
            else
            {
                return Commands.Fail($"unknown long flag '{argument}', try --help");
            }
        }

        if (kind is not ("pushgateway" or "openmetrics" or "prometheus") || files.Count != 1)
        {
            return Commands.Fail("expected \"import pushgateway FILE\", \"import openmetrics FILE\" or \"import prometheus DIRECTORY\", try --help");
        }

        var folder = flags.GetValueOrDefault("storage.path") ?? "./data";
        try
        {
            if (kind != "pushgateway")
            {
                return await ImportHistory.RunAsync(kind == "openmetrics", files[0], flags);
            }

            var state = await File.ReadAllBytesAsync(files[0]);
            await using var log = DataFolder.OpenLog(folder, create: true);
            var result = await StateImport.RunAsync(log, files[0], state);
            foreach (var note in result.Notes)
            {
                Console.Error.WriteLine($"  WARNING: {note}");
            }

            Console.WriteLine($"imported {result.Groups} groups with {result.Families} families into {folder}"
                + (result.GroupsThere > 0 ? $"; {result.GroupsThere} groups were there already and stay as they are" : ""));
            return 0;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            return Commands.Fail(problem.Message);
        }
    }
}
