using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary><c>break</c> and <c>continue</c>.</summary>
internal sealed class LoopExitStatement(int at, LoopSignal signal) : Statement(at)
{
    /// <inheritdoc/>
    public override LoopSignal Run(TemplateRun run, TemplateValue? dot) => signal;
}
