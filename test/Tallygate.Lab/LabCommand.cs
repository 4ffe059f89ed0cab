using System.Globalization;

namespace Tallygate.Lab;

/// <summary>Plays many histories and compares the ways to count.</summary>
internal static class LabCommand
{
    private const string Usage = """
        usage: dotnet run -c Release --project test/Tallygate.Lab -- [--histories=N] [--first-seed=N] [--lines=FILE] [--write=FOLDER]
               dotnet run -c Release --project test/Tallygate.Lab -- --read=FILE [--write=FOLDER]
               dotnet run -c Release --project test/Tallygate.Lab -- --seed=N
               dotnet run -c Release --project test/Tallygate.Lab -- --known

        Plays random histories of batch jobs through the real rooms on a simulated clock and disk, and compares what each way to count says
        with what was really done. Each history is made from its seed alone: --seed plays one and prints all that happens in it.

        --known plays the situations in which the known recipe was measured.

          --histories=N    How many, 1000.
          --first-seed=N   The seed of the first, 1; the others follow.
          --lines=FILE     Writes one line for each history: seed, pushes, crashes, truth, and what each way said.
          --read=FILE      Plays nothing and takes the lines that an earlier call wrote.
          --write=FOLDER   Writes exactness.md and exactness.svg.

        Exit code 1 where :pushed or the running total was wrong in any history.
        """;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (histories, first, seed, lines, folder, read) = (1000, 1, 0, "", "", "");
        foreach (var argument in arguments)
        {
            var split = argument.Split('=', 2);
            switch (split[0])
            {
                case "--histories" when split.Length == 2 && int.TryParse(split[1], out histories):
                case "--first-seed" when split.Length == 2 && int.TryParse(split[1], out first):
                case "--seed" when split.Length == 2 && int.TryParse(split[1], out seed):
                    break;
                case "--known" when split.Length == 1:
                    Console.WriteLine(Report.KnownTable(await KnownAsync()));
                    return 0;
                case "--lines" when split.Length == 2:
                    lines = split[1];
                    break;
                case "--read" when split.Length == 2:
                    read = split[1];
                    break;
                case "--write" when split.Length == 2:
                    folder = split[1];
                    break;
                default:
                    Console.WriteLine(Usage);
                    return argument is "--help" or "-h" ? 0 : 1;
            }
        }

        return seed != 0 ? await ShowAsync(seed)
            : read.Length > 0 ? await TellAsync([.. File.ReadLines(read).Skip(1).Select(Report.Read).OrderBy(r => r.Seed)], folder)
            : await TellAsync(await PlayAsync(first, histories, lines), folder);
    }

    private static async Task<IReadOnlyList<(int Row, string Name, LabResult Result)>> KnownAsync()
    {
        var rows = new List<(int, string, LabResult)>();
        foreach (var (row, name, history) in KnownTroubles.All)
        {
            rows.Add((row, name, await Player.PlayAsync(history)));
        }

        return rows;
    }

    private static async Task<int> ShowAsync(int seed)
    {
        var history = HistoryGenerator.Make(seed);
        foreach (var happening in history.Events)
        {
            Console.WriteLine(happening);
        }

        var result = await Player.PlayAsync(history);
        Console.WriteLine(Report.Heading);
        Console.WriteLine(Report.Line(result));
        return result.Exact ? 0 : 1;
    }

    private static async Task<LabResult[]> PlayAsync(int first, int count, string lines)
    {
        var results = new LabResult[count];
        var done = 0;

        // A line for each history as it ends: what was found stands, even where the rest is never played.
        using var target = lines.Length > 0 ? new StreamWriter(lines) { AutoFlush = true } : TextWriter.Null;
        await target.WriteLineAsync(Report.Heading);
        var shared = TextWriter.Synchronized(target);
        await Parallel.ForAsync(0, count, async (i, _) =>
        {
            results[i] = await Player.PlayAsync(HistoryGenerator.Make(first + i));
            await shared.WriteLineAsync(Report.Line(results[i]));
            var now = Interlocked.Increment(ref done);
            if (now % 50 == 0 && !Console.IsErrorRedirected)
            {
                await Console.Error.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"\r{now} of {count} histories"));
            }
        });
        Console.WriteLine();
        return results;
    }

    private static async Task<int> TellAsync(LabResult[] results, string folder)
    {
        Console.WriteLine(Report.Table(results));
        foreach (var wrong in results.Where(r => !r.Exact).Take(20))
        {
            Console.WriteLine($"wrong: {Report.Line(wrong)}");
        }


        if (folder.Length > 0)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "exactness.svg"), Picture.Draw(results));
            await File.WriteAllTextAsync(Path.Combine(folder, "exactness.md"), Report.Page(results, results[0].Seed, await KnownAsync()));
        }

        return results.All(r => r.Exact) ? 0 : 1;
    }
}
