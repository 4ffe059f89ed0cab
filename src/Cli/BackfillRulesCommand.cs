using System.Globalization;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Rules;
using Tallygate.Server.Configuration;
using Tallygate.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Cli;

/// <summary>
/// <c>tallygate tsdb create-blocks-from rules</c>: evaluates recording rules over blocks as the server would have done it at the time, group by
/// group, slot by slot and rule by rule, so that a rule sees what the rules before it recorded.
/// </summary>
internal static class BackfillRulesCommand
{
    private const string Usage = """
        usage: tallygate tsdb create-blocks-from rules --start=TIME [--end=TIME] [--eval-interval=60s] [--db=data/] [--output-dir=data/] FILE…

        Evaluates the recording rules of the files over the blocks in --db and makes blocks of the results. Times are Unix seconds or RFC 3339; the
        end is three hours ago by default. Alerting rules are passed over.
        """;

    public static int Run(List<string> arguments)
    {
        var (start, end) = (TsdbCommand.Option(arguments, "start"), TsdbCommand.Option(arguments, "end"));
        var interval = TsdbCommand.Option(arguments, "eval-interval") ?? "60s";
        var database = TsdbCommand.Option(arguments, "db") ?? "data/";
        var output = TsdbCommand.Option(arguments, "output-dir") ?? "data/";
        if (arguments.Exists(static a => a.StartsWith("--url", StringComparison.Ordinal)))
        {
            return Commands.Fail("--url: rules are evaluated over blocks, name their directory with --db");
        }

        if (start is null || arguments.Count == 0)
        {
            Console.Error.WriteLine(Usage);
            return 1;
        }

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        if (!TryParseTime(start, out var from) || !TryParseTime(end ?? ((now / 1000) - (3 * 3600)).ToString(CultureInfo.InvariantCulture), out var to))
        {
            return Commands.Fail("--start and --end are Unix seconds or RFC 3339 times");
        }

        if (!PromDuration.TryParse(interval, out var every, out var why) || every <= 0 || to < from)
        {
            return Commands.Fail(why ?? "--eval-interval must be positive, and --end must not be before --start");
        }

        var engine = new Engine(new EngineOptions(), TimeProvider.System);
        if (Read(arguments, every, engine) is not { } groups)
        {
            return 1;
        }

        using var archive = BlockArchive.Open(database);
        using var recorded = Tallygate.Tsdb.Database.InMemory(DatabaseOptions.Pushes with { Retention = null }, TimeProvider.System);
        Evaluate(groups, engine, archive, recorded, from, to);
        Write(recorded, output, now);
        return 0;
    }

    private static List<RuleGroupDefinition>? Read(List<string> files, long every, Engine engine)
    {
        var groups = new List<RuleGroupDefinition>();
        var global = GlobalSettings.WithoutFile with { EvaluationInterval = TimeSpan.FromMilliseconds(every) };
        foreach (var path in files)
        {
            var file = RuleFile.Read(path, global, engine);
            foreach (var error in file.Errors)
            {
                Console.Error.WriteLine(error);
            }

            if (file.Errors.Count > 0)
            {
                return null;
            }

            // On even slots, as promtool has them.
            groups.AddRange(file.Groups.Select(static g => g with { Phase = TimeSpan.Zero, Rules = [.. g.Rules.Where(static r => r.Record.Length > 0)] }));
        }

        return groups;
    }

    private static void Evaluate(
        List<RuleGroupDefinition> groups, Engine engine, BlockArchive archive, Database recorded, long from, long to)
    {
        var source = new FanoutStorage(recorded, [recorded, archive], SeriesMerge.Union);
        var manager = new RuleManager(new RuleManagerOptions(), engine, source, recorded, TimeProvider.System);
        manager.Apply(groups, from);
        var shown = from;
        for (var at = from; at <= to;)
        {
            at = manager.Step(at);
            if (at - shown > (to - from) / 10)
            {
                shown = at;
                Console.Error.WriteLine($"{100 * (Math.Min(at, to) - from) / Math.Max(1, to - from)} % evaluated");
            }
        }
    }

    private static void Write(Database recorded, string output, long now)
    {
        var import = new BlockImport(TimeSpan.FromHours(2));
        using var querier = recorded.Querier(long.MinValue, long.MaxValue);
        var series = querier.Select(false, null, []);
        var times = new long[512];
        var values = new double[512];
        var histograms = 0L;
        while (series.MoveNext())
        {
            var cursor = series.Current.Samples(long.MinValue, long.MaxValue);
            while (cursor.Next is var kind && kind != SampleKind.None)
            {
                if (kind == SampleKind.Histogram)
                {
                    cursor.ReadHistogram(out _);
                    histograms++;
                    continue;
                }

                for (int i = 0, read = cursor.Read(times, values); i < read; i++)
                {
                    import.Add(series.Current.Labels, times[i], values[i]);
                }
            }
        }

        for (var header = true; import.WriteNext(output, now) is { } block; header = false)
        {
            TsdbCommand.Print(Console.Out, [block], human: false, header);
        }

        if (histograms > 0)
        {
            Console.Error.WriteLine($"{histograms} native histograms were not written: only floats are");
        }
    }

    private static bool TryParseTime(string text, out long milliseconds)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            milliseconds = (long)(seconds * 1000);
            return true;
        }

        var parsed = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        milliseconds = parsed ? time.ToUnixTimeMilliseconds() : 0;
        return parsed;
    }
}
