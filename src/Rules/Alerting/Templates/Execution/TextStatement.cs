using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>Text that stands for itself.</summary>
internal sealed class TextStatement(int at, string text) : Statement(at)
{
    public string Text { get; } = text;

    /// <inheritdoc/>
    public override LoopSignal Run(TemplateRun run, TemplateValue? dot)
    {
        run.Write(Text);
        return LoopSignal.None;
    }
}
