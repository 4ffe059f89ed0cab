using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary><c>if</c> and <c>with</c>, which differ in what the dot means inside.</summary>
internal sealed class BranchStatement(
    int at, Pipeline pipeline, bool movesDot, IReadOnlyList<Statement> body, IReadOnlyList<Statement> otherwise) : Statement(at)
{
    /// <inheritdoc/>
    public override LoopSignal Run(TemplateRun run, TemplateValue? dot)
    {
        var mark = run.Mark();
        var value = pipeline.Evaluate(run, dot);
        var signal = value is { IsTrue: true } ? RunAll(body, run, movesDot ? value : dot) : RunAll(otherwise, run, dot);
        run.Forget(mark);
        return signal;
    }
}
