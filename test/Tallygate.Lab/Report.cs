using System.Globalization;
using System.Text;

namespace Tallygate.Lab;

/// <summary>Results as text.</summary>
internal static class Report
{
    public static string Heading => "seed\tpushes\tcrashes\ttruth\tvalues\tbooked\t" + string.Join('\t', Methods.All.Select(m => m.Name));

    public static string Line(LabResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Seed}\t{result.Pushes}\t{result.Crashes}\t{result.Truth:R}\t{result.Values}\t{result.BookedValues:R}\t")
        + string.Join('\t', result.Answers.Select(a => a.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>Reads what <see cref="Line"/> wrote.</summary>
    public static LabResult Read(string line)
    {
        var cells = line.Split('\t');
        double At(int cell) => double.Parse(cells[cell], CultureInfo.InvariantCulture);
        return new LabResult(
            (int)At(0), (int)At(1), (int)At(2), At(3), (long)At(4), At(5), [.. Enumerable.Range(6, Methods.All.Count).Select(At)]);
    }

    /// <summary>One row for each way to count: how often it is right, and how far off it is.</summary>
    public static string Table(IReadOnlyList<LabResult> results)
    {
        var text = new StringBuilder();
        text.AppendLine("| way to count | right | too little | too much | median error | worst below | worst above |");
        text.AppendLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (var i = 0; i < Methods.All.Count; i++)
        {
            var errors = results.Where(r => r.Truth > 0).Select(r => (r.Answers[i] - r.Truth) / r.Truth).Order().ToList();
            var sizes = errors.Select(Math.Abs).Order().ToList();
            text.AppendLine(CultureInfo.InvariantCulture, $"| {Methods.All[i].Name} | {errors.Count(e => e == 0)} | {errors.Count(e => e < 0)} | {errors.Count(e => e > 0)} | {Percent(sizes[sizes.Count / 2])} | {Percent(Math.Min(errors[0], 0))} | {Percent(Math.Max(errors[^1], 0))} |");
        }

        text.AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"{results.Count} histories, {results.Sum(r => (long)r.Pushes)} pushes, {results.Sum(r => r.Crashes)} crashes; :pushed right in sum and count, and the running total right, in {results.Count(r => r.Exact)}.");
        return text.ToString();
    }

    /// <summary>One row for each known trouble: the truth, and what each way says.</summary>
    public static string KnownTable(IReadOnlyList<(int Row, string Name, LabResult Result)> rows)
    {
        var text = new StringBuilder();
        text.AppendLine("| situation | truth | " + string.Join(" | ", Methods.All.Select(m => m.Name)) + " |");
        text.Append("| --- | ---: |" + string.Concat(Methods.All.Select(_ => " ---: |")));
        foreach (var (_, name, result) in rows)
        {
            var answers = result.Answers.Select(a => a == result.Truth ? $"**{Number(a)}**" : Number(a));
            text.AppendLine().Append(CultureInfo.InvariantCulture, $"| {name} | {Number(result.Truth)} | {string.Join(" | ", answers)} |");
        }

        return text.ToString();
    }

    /// <summary>The page docs/exactness.md.</summary>
    public static string Page(IReadOnlyList<LabResult> results, int firstSeed, IReadOnlyList<(int Row, string Name, LabResult Result)> known) => $$"""
        # Exactness

        How wrong is each way to add up what batch jobs did? The lab plays random histories and compares.

        {{Table(results)}}

        ![errors of each way to count](exactness.svg)

        ## What is played

        Each history has one to four jobs over ten minutes to two hours. Jobs push plainly, in bursts within a millisecond, again and again until
        they are answered (with a key), as runs with a start marker or with progress (with a run id), under a group of their own for each run, or
        late with their own time. Scrapes fail, clients send bad pushes, groups are deleted and wiped, the server is restarted, killed at a random
        write, loses its power at a random write, and has its clock set. Everything but the clock and the disk is the program's own code: parser,
        judge, log, folds, sampling, rules, database, engine. The truth is kept beside by a ledger that knows none of it
        (`test/Tallygate.Lab/Ledger.cs`).

        | way to count | query over the whole history |
        | --- | --- |
        {{string.Join('\n', Methods.All.Select(m => $"| {m.Name} | {(m.Expression.Length == 0 ? "`records_processed_pushed_total` in `GET /api/v1/totals`" : $"`{m.Expression}`")} |"))}}

        *naive* adds what was scraped, so a value counts once for every scrape that saw it. *recipe* is the known pair of recording rules over
        `push_time_seconds`: it loses first pushes, pushes between two scrapes and those of outages, and counts progress and retries again.
        *increase* is what a Prometheus makes of the scraped running total: nothing is lost or counted twice, and what is off is its extrapolation
        to the edges of the window, and what came after the last scrape.

        ## Known troubles

        Single situations, each played alone; scrapes and evaluations come every 15 s. They are the 27 in which the recipe was measured beside a
        Pushgateway and a Prometheus. How scrapes and rules are set up (the rules' order and groups, `honor_labels`, an interval, a reload) makes
        no difference to `:pushed` and the totals: neither is scraped to be made.

        {{KnownTable(known)}}

        ## Play it again

        ```sh
        dotnet run -c Release --project test/Tallygate.Lab -- --histories={{results.Count}} --first-seed={{firstSeed}} --lines=lab.tsv
        dotnet run -c Release --project test/Tallygate.Lab -- --seed={{firstSeed}}      # one history, with all that happens in it
        ```

        """;

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Percent(double part) => part switch
    {
        0 => "0",
        var p when Math.Abs(p) < 0.001 => p.ToString("0.0000%", CultureInfo.InvariantCulture),
        var p => p.ToString("0.0%", CultureInfo.InvariantCulture),
    };
}
