using Tallygate.PromQL.Values;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>What the text of a label or an annotation is expanded for.</summary>
/// <param name="Alert">Labels and value of the expression's result, and what is known of this server.</param>
/// <param name="Time">At which time the rule is evaluated, Unix ms.</param>
/// <param name="Query">Answers a query at that time; null, and the vector, or why there is none.</param>
internal sealed record TemplateContext(AlertValue Alert, long Time, TemplateContext.QueryFunction Query)
{
    /// <summary>Answers a query.</summary>
    public delegate string? QueryFunction(string query, out IReadOnlyList<VectorSample> vector);
}
