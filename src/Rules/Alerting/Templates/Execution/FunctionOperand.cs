using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A function.</summary>
internal sealed class FunctionOperand(int at, TemplateFunction function) : Operand(at)
{
    /// <inheritdoc/>
    public override TemplateValue? Call(TemplateRun run, TemplateValue? dot, Command command, IReadOnlyList<TemplateValue?> piped)
    {
        run.MoveTo(this);
        var count = command.Operands.Count - 1 + piped.Count;
        if (count < function.Least || (!function.IsVariadic && count > function.Least))
        {
            var wanted = function.IsVariadic ? $"at least {function.Least}" : $"{function.Least}";
            throw run.Error($"wrong number of args for {function.Name}: want {wanted} got {count}");
        }

        var arguments = new TemplateValue?[count];
        for (var i = 0; i < count; i++)
        {
            arguments[i] = i < command.Operands.Count - 1
                ? Argument(run, dot, command.Operands[i + 1], function.Parameter(i))
                : Checked(run, piped[0], function.Parameter(i));
            if (function.Stops is { } stops && (arguments[i] is { IsTrue: true }) == stops)
            {
                return arguments[i];
            }
        }

        try
        {
            return run.Limited(function.Body(run, arguments));
        }
        catch (TemplateFunctionException failure)
        {
            run.MoveTo(command);
            throw run.Error($"error calling {function.Name}: {failure.Message}");
        }
    }

    public override string ToString() => function.Name;

    private static TemplateValue? Argument(TemplateRun run, TemplateValue? dot, Operand operand, string? type)
    {
        if (type is not null && operand is ConstantOperand constant)
        {
            run.MoveTo(operand);
            return type == constant.Value.TypeName
                ? constant.Value
                : throw run.Error(type == TemplateFunction.Text
                    ? $"expected string; found {operand}"
                    : $"can't handle {operand} for arg of type {type}");
        }

        if (type == TemplateFunction.Text && operand is NilOperand)
        {
            run.MoveTo(operand);
            throw run.Error("cannot assign nil to string");
        }

        return Checked(run, operand.Argument(run, dot), type);
    }

    private static TemplateValue? Checked(TemplateRun run, TemplateValue? value, string? type)
    {
        if (type is null || value?.TypeName == type || (value is null && type != TemplateFunction.Text))
        {
            return value;
        }

        throw run.Error(value is null ? $"invalid value; expected {type}" : $"wrong type for value; expected {type}; got {value.TypeName}");
    }
}
