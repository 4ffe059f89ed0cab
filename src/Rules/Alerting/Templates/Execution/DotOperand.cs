using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>The dot.</summary>
internal sealed class DotOperand(int at) : Operand(at)
{
    /// <inheritdoc/>
    public override TemplateValue? Call(TemplateRun run, TemplateValue? dot, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        run.MoveTo(this);
        RefuseArguments(run, command, piped);
        return dot;
    }

    public override string ToString() => ".";
}
