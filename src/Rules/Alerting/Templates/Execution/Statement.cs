using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>A part that writes something, or decides what is written.</summary>
internal abstract class Statement(int at) : TemplateNode(at)
{
    /// <summary>Writes what the part stands for.</summary>
    /// <param name="dot">What <c>.</c> means.</param>
    public abstract LoopSignal Run(TemplateRun run, TemplateValue? dot);

    /// <summary>Runs parts one after the other, until one leaves the loop around them.</summary>
    public static LoopSignal RunAll(IReadOnlyList<Statement> statements, TemplateRun run, TemplateValue? dot)
    {
        foreach (var statement in statements)
        {
            run.Step();
            var signal = statement.Run(run, dot);
            if (signal != LoopSignal.None)
            {
                return signal;
            }
        }

        return LoopSignal.None;
    }
}
