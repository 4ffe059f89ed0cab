using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>Names of fields, one within the other: <c>.Labels.job</c>.</summary>
internal sealed class FieldPath(IReadOnlyList<string> names)
{
    public static readonly FieldPath Empty = new([]);

    public bool IsEmpty => Names.Count == 0;

    public IReadOnlyList<string> Names { get; } = names;

    /// <summary>Goes from a value to the last of the names, which takes the command's arguments.</summary>
    public TemplateValue? Follow(
        TemplateRun run, TemplateValue? dot, TemplateValue? value, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        for (var i = 0; i < Names.Count - 1; i++)
        {
            value = Field(run, value, Names[i]);
        }

        if (command.Operands.Count == 1 && piped.Count == 0)
        {
            return Field(run, value, Names[^1]);
        }

        if (value is { HasMethods: true } && value.TryMethod(Names[^1], command.Arguments(run, dot, piped), out var result))
        {
            return result;
        }

        if (value is null || !value.TryField(Names[^1], out _))
        {
            return Field(run, value, Names[^1]);
        }

        throw run.Error(value is AlertValue or SampleValue
            ? $"{Names[^1]} has arguments but cannot be invoked as function"
            : $"{Names[^1]} is not a method but has arguments");
    }

    public override string ToString() => string.Concat(Names.Select(static n => "." + n));

    private static TemplateValue? Field(TemplateRun run, TemplateValue? value, string name)
    {
        if (value is null)
        {
            return null;
        }

        return value.TryField(name, out var field)
            ? field
            : throw run.Error($"can't evaluate field {name} in type {value.TypeName}");
    }
}
