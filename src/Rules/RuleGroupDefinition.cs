using Tallygate.Model;

namespace Tallygate.Rules;

/// <summary>One group of rules as its file states it, defaults of the global configuration filled in. File and name identify it.</summary>
public sealed record RuleGroupDefinition
{
    /// <summary>The path of the file, as the configuration names it: the phase of the evaluations follows from it.</summary>
    public required string File { get; init; }

    /// <summary>The name, unique within the file.</summary>
    public required string Name { get; init; }

    /// <summary>The time between two evaluations; at least a millisecond.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The most series or alerts that one rule may give; 0: any number.</summary>
    public int Limit { get; init; }

    /// <summary>How far in the past rules are evaluated and their results stamped.</summary>
    public TimeSpan QueryOffset { get; init; }

    /// <summary>Labels for the results of every rule; a rule's own labels win over them.</summary>
    public Labels Labels { get; init; } = Labels.Empty;

    /// <summary>
    /// Where in its interval the group is evaluated, counted from multiples of the interval since 1970. Null: a hash of file and name decides,
    /// as in Prometheus; set by simulations and tests only.
    /// </summary>
    public TimeSpan? Phase { get; init; }

    /// <summary>The rules in file order, which is the order of their evaluation.</summary>
    public required IReadOnlyList<RuleDefinition> Rules { get; init; }
}
