using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary><c>range</c>: over a list, a map in order of its keys, or so many times.</summary>
internal sealed class RangeStatement(int at, Pipeline pipeline, IReadOnlyList<Statement> body, IReadOnlyList<Statement> otherwise)
    : Statement(at)
{
    /// <inheritdoc/>
    public override LoopSignal Run(TemplateRun run, TemplateValue? dot)
    {
        run.MoveTo(this);
        var mark = run.Mark();
        var value = pipeline.Evaluate(run, dot);
        if (value is { Elements: null })
        {
            throw run.Error($"range can't iterate over {Printing.ValuePrinter.Show(value)}");
        }

        var inner = run.Mark();
        var isEmpty = true;
        foreach (var (key, element) in value?.Elements ?? [])
        {
            isEmpty = false;
            run.Step();
            var names = pipeline.Variables;
            if (names.Count > 0)
            {
                run.Assign(names[^1], element);
            }

            if (names.Count > 1)
            {
                run.Assign(names[0], key);
            }

            var signal = RunAll(body, run, element);
            run.Forget(inner);
            if (signal == LoopSignal.Break)
            {
                break;
            }
        }

        var ended = isEmpty ? RunAll(otherwise, run, dot) : LoopSignal.None;
        run.Forget(mark);
        return ended;
    }
}
