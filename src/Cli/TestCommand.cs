using Tallygate.PromQL.Scripts;
using Tallygate.Tsdb;

namespace Tallygate.Cli;

/// <summary><c>tallygate test promql</c> and <c>tallygate test rules</c></summary>
internal static class TestCommand
{
    private const string Usage = """
        usage: tallygate test promql FILE…
               tallygate test rules [--run REGEX]… [--ignore-unknown-fields] FILE…

        promql  Runs PromQL test scripts (load, clear, eval), each over an empty database in memory, and says which evaluations came out
                wrong, with file, line and reason.
        rules   Runs unit tests of rules in promtool's format. --run: only tests whose name the regular expression matches.
                --ignore-unknown-fields: keys that promtool does not know either are passed over, in the rule files too.

        Exit code 1 where anything came out wrong.
        """;

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        var files = arguments.Skip(1).ToList();
        if (arguments[0] == "rules" && files.Count > 0)
        {
            return RuleTests.Run(files);
        }

        if (arguments[0] != "promql" || files.Count == 0)
        {
            return Commands.Fail("expected \"test promql FILE…\" or \"test rules FILE…\", try --help");
        }

        var (passed, failed) = (0, 0);
        foreach (var file in files)
        {
            var (good, bad) = RunFile(file);
            passed += good;
            failed += bad;
        }

        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    /// <summary>Prints a line about the file and one about each place in it that came out wrong.</summary>
    private static (int Passed, int Failed) RunFile(string file)
    {
        var results = Results(file);
        var failures = results.Where(result => !result.Passed).ToList();
        var passed = results.Count - failures.Count;
        Console.WriteLine(failures.Count == 0 ? $"{file}: {passed} passed" : $"{file}: {passed} passed, {failures.Count} FAILED");
        foreach (var failure in failures)
        {
            Console.WriteLine($"  {file}:{failure.Line}: {failure.Text}");
            Console.WriteLine($"    {failure.Failure!.ReplaceLineEndings("\n    ")}");
        }

        return (passed, failures.Count);
    }

    private static IReadOnlyList<ScriptResult> Results(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [new ScriptResult(0, "the script cannot be read", problem.Message)];
        }

        return ScriptParser.TryParse(text, out var script, out var error)
            ? new ScriptRunner(NewStorage, TimeProvider.System).Run(script)
            : [new ScriptResult(error.Line, "the script cannot be parsed", error.Message)];
    }

    /// <summary>A database as the server has it, without the bounds that clock and retention set: scripts play in 1970 and in the future.</summary>
    private static ScriptStorage NewStorage()
    {
        var database = Database.InMemory(new DatabaseOptions { MaxAhead = null, Retention = null }, TimeProvider.System);
        return new ScriptStorage(database, database, database);
    }
}
