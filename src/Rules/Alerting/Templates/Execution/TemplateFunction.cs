using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>One function that templates may call.</summary>
/// <param name="Parameters">The types of the arguments by their Go names; null: any. If there may be more, the last holds for them.</param>
/// <param name="Body">What it does; it throws a <see cref="TemplateFunctionException"/> where it cannot.</param>
internal sealed record TemplateFunction(
    string Name, IReadOnlyList<string?> Parameters, Func<TemplateRun, TemplateValue?[], TemplateValue?> Body)
{
    /// <summary>The type of texts.</summary>
    public const string Text = "string";

    /// <summary>The type of answers to queries.</summary>
    public const string Samples = "template.queryResult";

    /// <summary>The type of elements of answers.</summary>
    public const string Sample = "*template.sample";

    /// <summary>Whether there may be any number of arguments like the last.</summary>
    public bool IsVariadic { get; init; }

    /// <summary>For and and or: which truth of an argument makes the later ones go unevaluated.</summary>
    public bool? Stops { get; init; }

    /// <summary>The fewest arguments, and the most where it is not variadic.</summary>
    public int Least => IsVariadic ? Parameters.Count - 1 : Parameters.Count;

    /// <summary>The type of an argument; null: any.</summary>
    public string? Parameter(int index) => Parameters[Math.Min(index, Parameters.Count - 1)];
}
