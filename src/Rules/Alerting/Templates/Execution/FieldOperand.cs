using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>Fields of the dot.</summary>
internal sealed class FieldOperand(int at, FieldPath fields) : Operand(at)
{
    public FieldPath Fields { get; } = fields;

    /// <inheritdoc/>
    public override TemplateValue? Call(TemplateRun run, TemplateValue? dot, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        run.MoveTo(this);
        return Fields.Follow(run, dot, dot, command, piped);
    }

    public override string ToString() => Fields.ToString();
}
