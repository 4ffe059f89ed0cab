using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>Fields of what a pipeline in parentheses or a function gives.</summary>
internal sealed class ChainOperand(int at, Operand of, FieldPath fields) : Operand(at)
{
    /// <inheritdoc/>
    public override TemplateValue? Call(TemplateRun run, TemplateValue? dot, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        run.MoveTo(this);
        return fields.Follow(run, dot, of.Argument(run, dot), command, piped);
    }

    public override string ToString() => $"{of}{fields}";
}
