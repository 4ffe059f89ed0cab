using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>Commands each of which gets the value of the one before as its last argument, and the variables that take the result.</summary>
/// <param name="variables">Names with the dollar sign; for <c>range</c> there may be two.</param>
/// <param name="assigns">Whether the variables exist already.</param>
internal sealed class Pipeline(int at, IReadOnlyList<string> variables, bool assigns, IReadOnlyList<Command> commands) : TemplateNode(at)
{
    public IReadOnlyList<string> Variables { get; } = variables;

    /// <summary>The value; the variables take it.</summary>
    public TemplateValue? Evaluate(TemplateRun run, TemplateValue? dot)
    {
        run.Step();
        run.MoveTo(this);
        TemplateValue? value = null;
        for (var i = 0; i < commands.Count; i++)
        {
            value = commands[i].Evaluate(run, dot, i == 0 ? [] : [value]);
        }

        foreach (var name in Variables)
        {
            if (assigns)
            {
                run.Assign(name, value);
            }
            else
            {
                run.Declare(name, value);
            }
        }

        return value;
    }

    public override string ToString()
    {
        var text = string.Join(" | ", commands);
        return Variables.Count == 0 ? text : $"{string.Join(", ", Variables)} {(assigns ? "=" : ":=")} {text}";
    }
}
