using BenchmarkDotNet.Attributes;
using Tallygate.Model.RegularExpressions;

namespace Tallygate.Benchmarks;

/// <summary>Compiling patterns of matchers, and matching values with them, by the fast paths and by the engine.</summary>
[MemoryDiagnoser]
public class Re2Matching
{
    private Re2Pattern _pattern = null!;

    /// <summary>The pattern.</summary>
    [Params("api|web|batch", "node-.*", ".*error.*", "node-[0-9]+\\.(eu|us)\\..*", "a.b.c")]
    public string Pattern { get; set; } = "";

    /// <summary>Compiles the pattern.</summary>
    [GlobalSetup]
    public void Compile() => _pattern = Re2Pattern.Anchored(Pattern);

    /// <summary>Text to pattern; those that need the engine come from the few that are kept.</summary>
    [Benchmark]
    public Re2Pattern Anchored() => Re2Pattern.Anchored(Pattern);

    /// <summary>One value.</summary>
    [Benchmark]
    public bool IsMatch() => _pattern.IsMatch("node-17.eu.example.org:9100");
}
