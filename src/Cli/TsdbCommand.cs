using System.Globalization;
using System.Text;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using Tallygate.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Cli;

/// <summary><c>tallygate tsdb …</c>: promtool's commands for blocks, with its names and its output.</summary>
internal static class TsdbCommand
{
    private const string Usage = """
        usage: tallygate tsdb COMMAND [ARGUMENTS]

        Looks into directories of blocks, Tallygate's (<storage.path>/samples, <storage.path>/pushes) or Prometheus's, beside a running server
        too. Samples of the newest hours, which are in no block yet, are not seen.

        Commands:
          list [-r] [DB]                        List the blocks.
          analyze [--limit=20] [--match=SELECTOR] [DB] [BLOCK]
                                                Say what makes a block large: churn, label pairs, cardinality. By default the last block.
          dump [--min-time=MS] [--max-time=MS] [--match=SELECTOR…] [DB]
                                                Print every sample: labels, value, milliseconds.
          dump-openmetrics (as dump)            Print float samples as OpenMetrics text, without stale markers.
          create-blocks-from openmetrics [--max-block-duration=2h] FILE [OUTPUT]
                                                Make blocks of an OpenMetrics file whose samples have times.
          create-blocks-from rules --start=TIME [--end=TIME] [--eval-interval=60s] [--db=DB] [--output-dir=OUTPUT] FILE…
                                                Make blocks of what recording rules would have recorded; a rule sees what those before
                                                it in its group recorded.
          verify [DB]                           Read every byte and compare the checksums.

        DB and OUTPUT are data/ by default.
        """;

    private const string DefaultPath = "data/";

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        try
        {
            var rest = arguments.Skip(1).ToList();
            return arguments[0] switch
            {
                "list" => List(rest),
                "analyze" => Analyze(rest),
                "dump" => Dump(rest, openMetrics: false),
                "dump-openmetrics" => Dump(rest, openMetrics: true),
                "verify" => Verify(rest),
                "create-blocks-from" when rest is ["openmetrics", ..] => BackfillCommand.Run(rest.Skip(1).ToList()),
                "create-blocks-from" when rest is ["rules", ..] => BackfillRulesCommand.Run(rest.Skip(1).ToList()),
                "create-blocks-from" => Commands.Fail("expected \"create-blocks-from openmetrics FILE\" or \"create-blocks-from rules FILE…\", try --help"),
                var unknown => Commands.Fail($"expected command but got \"tsdb {unknown}\", try --help"),
            };
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return Commands.Fail(e.Message);
        }
    }

    private static int List(List<string> arguments)
    {
        var human = arguments.Remove("-r") | arguments.Remove("--human-readable");
        using var archive = BlockArchive.Open(arguments.FirstOrDefault(DefaultPath));
        Print(Console.Out, archive.Blocks, human, header: true);
        return 0;
    }

    /// <summary>The table of blocks, in promtool's columns.</summary>
    public static void Print(TextWriter target, IReadOnlyList<BlockInfo> blocks, bool human, bool header)
    {
        var rows = new List<string[]>();
        if (header)
        {
            rows.Add(["BLOCK ULID", "MIN TIME", "MAX TIME", "DURATION", "NUM SAMPLES", "NUM CHUNKS", "NUM SERIES", "SIZE"]);
        }

        foreach (var block in blocks)
        {
            rows.Add(
            [
                block.Ulid,
                Time(block.MinTime, human),
                Time(block.MaxTime, human),
                GoDuration(block.MaxTime - block.MinTime),
                Number(block.Samples),
                Number(block.Chunks),
                Number(block.Series),
                human ? Bytes(block.Bytes) : Number(block.Bytes),
            ]);
        }

        // As Go's tabwriter with cells of at least 13 and two spaces between them; the last column is not filled up.
        var widths = Enumerable.Range(0, 8).Select(i => Math.Max(13, rows.Select(r => r[i].Length).DefaultIfEmpty(0).Max() + 2)).ToArray();
        foreach (var row in rows)
        {
            var line = new StringBuilder();
            for (var i = 0; i < row.Length; i++)
            {
                line.Append(i == row.Length - 1 ? row[i] : row[i].PadRight(widths[i]));
            }

            target.WriteLine(line);
        }
    }

    private static int Analyze(List<string> arguments)
    {
        var limit = int.Parse(Option(arguments, "limit") ?? "20", CultureInfo.InvariantCulture);
        var selector = Option(arguments, "match");
        var matchers = selector is null ? [] : Matchers(selector);
        using var archive = BlockArchive.Open(arguments.FirstOrDefault(DefaultPath));
        var ulid = arguments.Count > 1 ? arguments[1] : "";
        if (archive.Analyze(ulid, matchers) is not { } found)
        {
            return Commands.Fail(ulid.Length == 0 ? "no blocks found" : $"block {ulid} not found");
        }

        Console.WriteLine($"Block ID: {found.Block.Ulid}");
        Console.WriteLine($"Duration: {GoDuration(found.Block.MaxTime - found.Block.MinTime)}");
        Console.WriteLine($"Total Series: {found.Block.Series}");
        if (selector is not null)
        {
            Console.WriteLine($"Matcher: {selector}");
        }

        Console.WriteLine($"Label names: {found.LabelNames}");
        if (selector is not null)
        {
            Console.WriteLine($"Matched series: {found.SeriesByMetric.Values.Sum()}");
        }

        Console.WriteLine($"Postings (unique label pairs): {found.Pairs}");
        Console.WriteLine($"Postings entries (total label pairs): {found.Entries}");
        Top("Label pairs most involved in churning", found.UncoveredPairs, limit);
        Top("Label names most involved in churning", found.UncoveredNames, limit);
        Top("Most common label pairs", found.SeriesByPair, limit);
        Top("Label names with highest cumulative label value length", found.ValueBytes, limit);
        Top("Highest cardinality labels", found.Values, limit);
        Top("Highest cardinality metric names", found.SeriesByMetric, limit);
        return 0;
    }

    private static void Top(string title, IReadOnlyDictionary<string, long> counts, int limit)
    {
        Console.WriteLine($"\n{title}:");
        foreach (var (key, count) in counts.OrderByDescending(static c => c.Value).ThenBy(static c => c.Key, Utf8Order.Instance).Take(limit))
        {
            Console.WriteLine($"{count} {key}");
        }
    }

    private static int Dump(List<string> arguments, bool openMetrics)
    {
        var minTime = long.Parse(Option(arguments, "min-time") ?? "-9223372036854775808", CultureInfo.InvariantCulture);
        var maxTime = long.Parse(Option(arguments, "max-time") ?? "9223372036854775807", CultureInfo.InvariantCulture);
        var sets = new List<IReadOnlyList<LabelMatcher>>();
        while (Option(arguments, "match") is { } selector)
        {
            sets.Add(Matchers(selector));
        }

        Option(arguments, "sandbox-dir-root");
        using var archive = BlockArchive.Open(arguments.FirstOrDefault(DefaultPath));
        using var querier = archive.Querier(minTime, maxTime);
        using var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false), 1 << 16);
        var seen = new HashSet<Labels>();
        foreach (var matchers in sets.Count == 0 ? [[]] : sets)
        {
            var series = querier.Select(true, null, matchers);
            while (series.MoveNext())
            {
                if (sets.Count < 2 || seen.Add(series.Current.Labels))
                {
                    SampleText.Write(output, series.Current, minTime, maxTime, openMetrics);
                }
            }
        }

        if (openMetrics)
        {
            output.Write("# EOF\n");
        }

        return 0;
    }

    private static int Verify(List<string> arguments)
    {
        using var archive = BlockArchive.Open(arguments.FirstOrDefault(DefaultPath));
        archive.Verify();
        Console.WriteLine($"{archive.Blocks.Count} blocks, no damage found");
        return 0;
    }

    /// <summary>Takes <c>--name=value</c> or <c>--name value</c> out of the arguments.</summary>
    public static string? Option(List<string> arguments, string name)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            if (arguments[i].StartsWith($"--{name}=", StringComparison.Ordinal))
            {
                var value = arguments[i][(name.Length + 3)..];
                arguments.RemoveAt(i);
                return value;
            }

            if (arguments[i] == $"--{name}" && i + 1 < arguments.Count)
            {
                var value = arguments[i + 1];
                arguments.RemoveRange(i, 2);
                return value;
            }
        }

        return null;
    }

    private static IReadOnlyList<LabelMatcher> Matchers(string selector) =>
        Parser.TryParseMatchers(selector, out var matchers, out var errors) ? matchers : throw new ArgumentException(errors[0].ToString());

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Time(long time, bool human) =>
        human ? DateTimeOffset.FromUnixTimeSeconds(time / 1000).ToString("yyyy-MM-dd HH:mm:ss +0000 UTC", CultureInfo.InvariantCulture) : Number(time);

    private static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var text = new StringBuilder();
        for (var i = units.Length - 1; i >= 0; i--)
        {
            var part = bytes >> (10 * i);
            bytes -= part << (10 * i);
            if (part > 0)
            {
                text.Append(part).Append(units[i]);
            }
        }

        return text.Length == 0 ? "0B" : text.ToString();
    }

    // As Go prints a duration: 2h0m0s, 1m2.5s, 0s.
    private static string GoDuration(long milliseconds)
    {
        var seconds = (milliseconds % 60_000) / 1000m;
        var (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60);
        var text = seconds.ToString("0.###", CultureInfo.InvariantCulture) + "s";
        return hours > 0 ? $"{hours}h{minutes}m{text}" : minutes > 0 ? $"{minutes}m{text}" : text;
    }
}
