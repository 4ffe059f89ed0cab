using Tallygate.PromQL;

namespace Tallygate.Rules.Testing;

/// <summary>Runs unit tests of rules, each over an empty store. Stateless.</summary>
public static class RuleTestRunner
{
    /// <summary>Samples that one query may hold, as in promtool.</summary>
    private const int MaxSamples = 10_000;

    /// <summary>Runs the tests whose names <paramref name="isWanted"/> takes.</summary>
    /// <returns>What came out wrong, a text for each; empty where all is as expected.</returns>
    public static IReadOnlyList<string> Run(RuleTestSuite suite, Predicate<string> isWanted)
    {
        ArgumentNullException.ThrowIfNull(suite);
        ArgumentNullException.ThrowIfNull(isWanted);
        var engine = new Engine(
            new EngineOptions { MaxSamples = MaxSamples, DefaultSubqueryStep = suite.EvaluationInterval }, TimeProvider.System);
        var failures = new List<string>();
        foreach (var test in suite.Tests.Where(test => isWanted(test.Name)))
        {
            var name = test.Name.Length == 0 ? "" : $"name: {test.Name},\n    ";
            failures.AddRange(new RuleTestRun(suite, test, engine).Run().Select(failure => name + failure));
        }

        return failures;
    }
}
