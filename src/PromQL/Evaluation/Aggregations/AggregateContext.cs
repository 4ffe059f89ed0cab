using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Aggregations;

/// <summary>What all groups of one aggregation share.</summary>
/// <param name="Parameter">The parameter's column; empty where there is none.</param>
/// <param name="Work">Called for work done, so that the query can be ended in between.</param>
internal sealed record AggregateContext(
    AggregateExpr Expr, int Steps, double[] Parameter, Annotations Annotations, bool IsInstant, Action<int> Work)
{
    /// <summary>Says that this aggregation leaves histograms out.</summary>
    public void InformOfIgnoredHistogram() =>
        Annotations.Inform($"ignored histogram in {Expr.Operator.Text()} aggregation", Expr.Inner.Position);

    /// <summary>Says that floats and histograms do not go together.</summary>
    public void WarnOfMixedSamples() =>
        Annotations.Warn("encountered a mix of histograms and floats for aggregation", Expr.Inner.Position);
}
