using Tallygate.Exposition;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Model;
using Tallygate.Tsdb;

namespace Tallygate.Cli;

/// <summary><c>tallygate tsdb create-blocks-from openmetrics</c></summary>
internal static class BackfillCommand
{
    private const long ProgressEvery = 1_000_000;

    public static int Run(List<string> arguments)
    {
        var quiet = arguments.Remove("-q") | arguments.Remove("--quiet");
        var human = arguments.Remove("-r") | arguments.Remove("--human-readable");
        var duration = TsdbCommand.Option(arguments, "max-block-duration") ?? "2h";
        if (arguments.Count == 0)
        {
            return Commands.Fail("required argument 'input file' not provided, try --help");
        }

        if (!PromDuration.TryParse(duration, out var range, out _) || range < 2 * 3_600_000)
        {
            return Commands.Fail($"--max-block-duration={duration} is no duration of 2h or more");
        }

        var output = arguments.Count > 1 ? arguments[1] : "data/";
        var import = new BlockImport(TimeSpan.FromMilliseconds(range));
        if (Read(arguments[0], import, quiet) is { } why)
        {
            return Commands.Fail($"{arguments[0]}: {why}");
        }

        var header = true;
        while (import.WriteNext(output, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()) is { } block)
        {
            if (!quiet)
            {
                TsdbCommand.Print(Console.Out, [block], human, header);
                header = false;
            }
        }

        return 0;
    }

    /// <summary>Why the file cannot be taken; null where all of it was.</summary>
    private static string? Read(string file, BlockImport import, bool quiet)
    {
        var reader = new OpenMetricsReader(File.ReadAllBytes(file), new Utf8StringPool());
        while (reader.Read(out var entry))
        {
            if (entry.Kind != ExpositionEntryKind.Series)
            {
                continue;
            }

            if (entry.TimestampMs is not { } time)
            {
                return $"expected timestamp for series {System.Text.Encoding.UTF8.GetString(entry.Series)}, got none";
            }

            if (!reader.TryGetLabels(out var labels))
            {
                break;
            }

            import.Add(labels.WithoutEmpty(), time, entry.Value);
            if (!quiet && import.Count % ProgressEvery == 0)
            {
                Console.Error.WriteLine($"{import.Count / ProgressEvery} million samples read");
            }
        }

        return reader.Failed ? reader.Error.Text : null;
    }
}
