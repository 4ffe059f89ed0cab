using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;

namespace Tallygate.Scrape.Relabeling;

/// <summary>A chain of relabeling steps, checked and compiled. Immutable and thread-safe.</summary>
public sealed class Relabeler
{
    /// <summary>The chain that changes nothing.</summary>
    public static readonly Relabeler None = new([]);

    private readonly RelabelStep[] _steps;

    private Relabeler(RelabelStep[] steps) => _steps = steps;

    /// <summary>Whether there is any step.</summary>
    public bool IsEmpty => _steps.Length == 0;

    /// <summary>Compiles the steps, or says which is wrong (its index) and why, in Prometheus's words where it has some.</summary>
    public static bool TryCreate(
        IReadOnlyList<RelabelConfig> configs,
        [NotNullWhen(true)] out Relabeler? relabeler,
        out int faultyStep,
        [NotNullWhen(false)] out string? problem)
    {
        var steps = new RelabelStep[configs.Count];
        relabeler = null;
        for (faultyStep = 0; faultyStep < steps.Length; faultyStep++)
        {
            if (!RelabelStep.TryCreate(configs[faultyStep], out var step, out problem))
            {
                return false;
            }

            steps[faultyStep] = step;
        }

        faultyStep = -1;
        problem = null;
        relabeler = new Relabeler(steps);
        return true;
    }

    /// <summary>Runs the steps in order; false where one drops the bearer of the labels, which then stand half changed.</summary>
    public bool Apply(LabelsBuilder labels)
    {
        foreach (var step in _steps)
        {
            if (!step.Apply(labels))
            {
                return false;
            }
        }

        return true;
    }
}
