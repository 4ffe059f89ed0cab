using Tallygate.Model;
using Tallygate.Rules.Alerting;

namespace Tallygate.Rules;

/// <summary>One rule as the API shows it. Immutable.</summary>
/// <param name="Definition">The rule as written.</param>
/// <param name="Query">The expression in its canonical form, as Prometheus shows it.</param>
/// <param name="Labels">The group's labels under the rule's own.</param>
/// <param name="Evaluation">How the latest evaluation went.</param>
/// <param name="State">The state of an alerting rule: that of its most advanced alert. Null for a recording rule.</param>
/// <param name="Alerts">The pending and firing alerts of an alerting rule, in label order.</param>
public sealed record RuleStatus(
        RuleDefinition Definition,
    string Query,
    Labels Labels,
    RuleEvaluation Evaluation,
    AlertState? State,
    IReadOnlyList<AlertStatus> Alerts);
