using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary><c>template</c>: what a definition gives for a value.</summary>
internal sealed class IncludeStatement(int at, string name, Pipeline? pipeline) : Statement(at)
{
    /// <inheritdoc/>
    public override LoopSignal Run(TemplateRun run, TemplateValue? dot)
    {
        run.MoveTo(this);
        if (!run.IsDefined(name))
        {
            throw run.Error($"template {Model.GoQuote.Quote(name)} not defined");
        }

        run.Include(name, pipeline?.Evaluate(run, dot));
        return LoopSignal.None;
    }

    public override string ToString() =>
        pipeline is null ? $"{{{{template {Model.GoQuote.Quote(name)}}}}}" : $"{{{{template {Model.GoQuote.Quote(name)} {pipeline}}}}}";
}
