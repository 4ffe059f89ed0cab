namespace Tallygate.Rules;

/// <summary>What a group did since it was loaded. Immutable; what the metrics of the server say of it.</summary>
public sealed record RuleGroupStatistics
{
    /// <summary>Evaluations of rules.</summary>
    public long Evaluations { get; init; }

    /// <summary>Evaluations of rules that failed.</summary>
    public long EvaluationFailures { get; init; }

    /// <summary>Iterations, the missed ones among them.</summary>
    public long Iterations { get; init; }

    /// <summary>Iterations that were left out because the one before took too long or the process stood still.</summary>
    public long IterationsMissed { get; init; }

    /// <summary>When the latest iteration began, Unix ms; null: never.</summary>
    public long? LastEvaluation { get; init; }

    /// <summary>How long the latest iteration took.</summary>
    public TimeSpan LastDuration { get; init; }

    /// <summary>How long its rules took together.</summary>
    public TimeSpan LastRuleDurationSum { get; init; }

    /// <summary>How many samples it wrote, stale markers aside.</summary>
    public int LastSamples { get; init; }
}
