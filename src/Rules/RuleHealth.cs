namespace Tallygate.Rules;

/// <summary>How a rule's latest evaluation went.</summary>
public enum RuleHealth
{
    /// <summary>It was never evaluated.</summary>
    Unknown,

    /// <summary>Well.</summary>
    Good,

    /// <summary>It failed, or some of its samples were refused.</summary>
    Bad,
}
