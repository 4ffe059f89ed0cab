using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A pipeline whose value is written, unless it goes into a variable.</summary>
internal sealed class ActionStatement(int at, Pipeline pipeline) : Statement(at)
{
    /// <inheritdoc/>
    public override LoopSignal Run(TemplateRun run, TemplateValue? dot)
    {
        var value = pipeline.Evaluate(run, dot);
        if (pipeline.Variables.Count == 0)
        {
            run.Write(Printing.ValuePrinter.Show(value));
        }

        return LoopSignal.None;
    }
}
