using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A variable, and fields of its value.</summary>
/// <param name="name">With the dollar sign.</param>
internal sealed class VariableOperand(int at, string name, FieldPath fields) : Operand(at)
{
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override TemplateValue? Call(TemplateRun run, TemplateValue? dot, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        run.MoveTo(this);
        var value = run.Get(Name);
        if (!fields.IsEmpty)
        {
            return fields.Follow(run, dot, value, command, piped);
        }

        RefuseArguments(run, command, piped);
        return value;
    }

    public override string ToString() => Name + fields;
}
