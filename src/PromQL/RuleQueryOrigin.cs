namespace Tallygate.PromQL;

/// <summary>A query of a rule.</summary>
/// <param name="File">The file of the rule's group.</param>
/// <param name="Group">The name of the group.</param>
public sealed record RuleQueryOrigin(string File, string Group) : QueryOrigin;
