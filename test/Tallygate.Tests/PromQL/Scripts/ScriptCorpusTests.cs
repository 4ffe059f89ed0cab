using System.Text.Json;
using Tallygate.PromQL.Scripts;
using Tallygate.Storage;
using Tallygate.Testing;

namespace Tallygate.Tests.PromQL.Scripts;

/// <summary>The scripts of the conformance data, run over the in-memory storage.</summary>
public sealed class ScriptCorpusTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("core", 608)]
    [InlineData("native-histograms", 565)]
    [InlineData("experimental", 347)]
    public void All_scripts_pass(string folder, int evals)
    {
        var (passed, failed) = RunFolder(folder);
        Assert.True(failed.Count == 0, string.Join('\n', failed));
        Assert.Equal(evals, passed);
    }

    [Fact]
    public void The_runner_judges_scripts_as_it_should()
    {
        var wrong = new List<string>();
        var count = 0;
        foreach (var entry in Cases("promql/runner-cases.jsonl"))
        {
            count++;
            var script = entry.GetProperty("script").GetString()!;
            var expected = entry.GetProperty("outcome").GetString() == "pass";
            var failure = Judge(script);
            if ((failure is null) != expected)
            {
                wrong.Add($"{entry.GetProperty("name").GetString()}: expected {(expected ? "pass" : "fail")}: {failure}\n{script}");
            }
        }

        output.WriteLine($"{count} cases, {wrong.Count} judged wrong");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string? Judge(string text)
    {
        if (!ScriptParser.TryParse(text, out var script, out var error))
        {
            return error.Message;
        }

        return new ScriptRunner(NewStorage, TimeProvider.System).Run(script).FirstOrDefault(result => !result.Passed)?.Failure;
    }

    private static (int Passed, List<string> Failed) RunFolder(string folder)
    {
        if (Corpora.PathOf("promql/" + folder) is not { } path)
        {
            Assert.Skip("the conformance data is not here");
            return default;
        }

        var passed = 0;
        var failed = new List<string>();
        foreach (var file in Directory.GetFiles(path, "*.test").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            if (!ScriptParser.TryParse(File.ReadAllText(file), out var script, out var error))
            {
                failed.Add($"{name}:{error.Line}: {error.Message}");
                continue;
            }

            foreach (var result in new ScriptRunner(NewStorage, TimeProvider.System).Run(script))
            {
                passed += result.Passed ? 1 : 0;
                if (!result.Passed)
                {
                    failed.Add($"{name}:{result.Line}: {result.Text}: {result.Failure}");
                }
            }
        }

        return (passed, failed);
    }

    private static IEnumerable<JsonElement> Cases(string path)
    {
        if (Corpora.PathOf(path) is not { } file)
        {
            Assert.Skip("the conformance data is not here");
            yield break;
        }

        foreach (var line in File.ReadLines(file))
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.Clone();
        }
    }

    private static ScriptStorage NewStorage()
    {
        var storage = new InMemoryStorage();
        return new ScriptStorage(storage, storage);
    }
}
