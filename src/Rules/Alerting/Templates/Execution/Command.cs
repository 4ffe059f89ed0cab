using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>An operand alone, or a function or method with its arguments.</summary>
internal sealed class Command(int at, IReadOnlyList<Operand> operands) : TemplateNode(at)
{
    public IReadOnlyList<Operand> Operands { get; } = operands;

    /// <param name="piped">The value of the command before, or nothing.</param>
    public TemplateValue? Evaluate(TemplateRun run, TemplateValue? dot, IReadOnlyList<TemplateValue?> piped) =>
        Operands[0].Call(run, dot, this, piped);

    /// <summary>The arguments of a method: those that stand here, and the piped one.</summary>
    public IReadOnlyList<TemplateValue?> Arguments(TemplateRun run, TemplateValue? dot, IReadOnlyList<TemplateValue?> piped) =>
        [.. Operands.Skip(1).Select(o => o.Argument(run, dot)), .. piped];

    public override string ToString() => string.Join(' ', Operands);
}
