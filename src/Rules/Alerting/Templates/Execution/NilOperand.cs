using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary><c>nil</c>, which can only be an argument.</summary>
internal sealed class NilOperand(int at) : Operand(at)
{
    /// <inheritdoc/>
    public override TemplateValue? Argument(TemplateRun run, TemplateValue? dot)
    {
        run.MoveTo(this);
        return null;
    }

    /// <inheritdoc/>
    public override TemplateValue? Call(TemplateRun run, TemplateValue? dot, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        run.MoveTo(this);
        RefuseArguments(run, command, piped);
        throw run.Error("nil is not a command");
    }

    public override string ToString() => "nil";
}
