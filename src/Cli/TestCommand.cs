using Tallygate.PromQL.Scripts;
using Tallygate.Storage;

namespace Tallygate.Cli;

/// <summary><c>tallygate test promql</c></summary>
internal static class TestCommand
{
    private const string Usage = """
        usage: tallygate test promql FILE…

        Runs PromQL test scripts (load, clear, eval) over an empty store each and says which evaluations came out wrong, with their lines.
        Exit code 1 where any did.
        """;

    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || arguments.Contains("--help") || arguments.Contains("-h"))
        {
            Console.WriteLine(Usage);
            return arguments.Count == 0 ? 1 : 0;
        }

        var files = arguments.Skip(1).ToList();
        if (arguments[0] != "promql" || files.Count == 0)
        {
            return Commands.Fail("expected \"test promql FILE…\", try --help");
        }

        var (passed, failed) = (0, 0);
        foreach (var file in files)
        {
            if (!File.Exists(file))
            {
                return Commands.Fail($"{file}: no such file");
            }

            foreach (var result in Results(file))
            {
                if (result.Passed)
                {
                    passed++;
                    continue;
                }

                failed++;
                Console.WriteLine($"{file}:{result.Line}: {result.Text}");
                Console.WriteLine($"    {result.Failure!.ReplaceLineEndings("\n    ")}");
            }
        }

        Console.WriteLine($"{passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private static IReadOnlyList<ScriptResult> Results(string file)
    {
        if (!ScriptParser.TryParse(File.ReadAllText(file), out var script, out var error))
        {
            return [new ScriptResult(error.Line, "the script", error.Message)];
        }

        return new ScriptRunner(NewStorage, TimeProvider.System).Run(script);
    }

    private static ScriptStorage NewStorage()
    {
        var storage = new InMemoryStorage();
        return new ScriptStorage(storage, storage);
    }
}
