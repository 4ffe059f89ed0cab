using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A pipeline in parentheses.</summary>
internal sealed class PipelineOperand(int at, Pipeline pipeline) : Operand(at)
{
    /// <inheritdoc/>
    public override TemplateValue? Call(TemplateRun run, TemplateValue? dot, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        RefuseArguments(run, command, piped);
        return pipeline.Evaluate(run, dot);
    }

    public override string ToString() => $"({pipeline})";
}
