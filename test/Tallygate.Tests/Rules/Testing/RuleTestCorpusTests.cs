using System.Text.Json;
using Tallygate.Rules.Testing;
using Tallygate.Server.Configuration;
using Tallygate.Testing;

namespace Tallygate.Tests.Rules.Testing;

public sealed class RuleTestCorpusTests
{
    [Fact]
    public void Unit_tests_of_rules_come_out_as_they_should()
    {
        if (Corpora.PathOf("rules/expectations.jsonl") is not { } file)
        {
            Assert.Skip("the conformance data is not here");
            return;
        }

        var wrong = new List<string>();
        foreach (var line in File.ReadLines(file))
        {
            using var document = JsonDocument.Parse(line);
            var entry = document.RootElement;
            if (entry.GetProperty("command").GetString() != "test")
            {
                continue;
            }

            var name = entry.GetProperty("file").GetString()!;
            var failures = Run(Path.Combine(Path.GetDirectoryName(file)!, name));
            var expects = entry.GetProperty("outcome").GetString() == "ok";
            var text = entry.TryGetProperty("error_contains", out var contained) ? contained.GetString()! : "";
            if ((failures.Count == 0) != expects || (!expects && !failures.Any(failure => failure.Contains(text, StringComparison.Ordinal))))
            {
                wrong.Add($"{name}: {string.Join('\n', failures)}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IReadOnlyList<string> Run(string path) =>
        RuleTestFile.Read(path, out var errors) is { } suite
            ? RuleTestRunner.Run(suite, static _ => true)
            : [.. errors.Select(static error => error.ToString())];
}
