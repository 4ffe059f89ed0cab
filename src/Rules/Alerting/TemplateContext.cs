using Tallygate.Model;

namespace Tallygate.Rules.Alerting;

/// <summary>What the text of a label or an annotation is expanded for.</summary>
/// <param name="Iteration">Where queries in the text are asked.</param>
/// <param name="Labels">The labels of the expression's result, <c>$labels</c>.</param>
/// <param name="Value">The value of the result, <c>$value</c>.</param>
internal sealed record TemplateContext(RuleIteration Iteration, Labels Labels, double Value);
