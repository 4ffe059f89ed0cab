using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A constant.</summary>
internal sealed class ConstantOperand(int at, TemplateValue value, string text) : Operand(at)
{
    public TemplateValue Value { get; } = value;

    /// <inheritdoc/>
    public override TemplateValue? Call(TemplateRun run, TemplateValue? dot, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        run.MoveTo(this);
        RefuseArguments(run, command, piped);
        return Value;
    }

    public override string ToString() => text;
}
