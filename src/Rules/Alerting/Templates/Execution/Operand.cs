using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>Something with a value.</summary>
internal abstract class Operand(int at) : TemplateNode(at)
{
    /// <summary>The value as an argument.</summary>
    public virtual TemplateValue? Argument(TemplateRun run, TemplateValue? dot) => Call(run, dot, new Command(At, [this]), []);

    /// <summary>The value as the first word of a command.</summary>
    public abstract TemplateValue? Call(TemplateRun run, TemplateValue? dot, Command command, IReadOnlyList<TemplateValue?> piped);

    /// <summary>Refuses arguments to what cannot take any.</summary>
    protected void RefuseArguments(TemplateRun run, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        if (command.Operands.Count > 1 || piped.Count > 0)
        {
            throw run.Error($"can't give argument to non-function {this}");
        }
    }
}
