namespace Tallygate.Rules.Alerting;

/// <summary>The states of alerts and of alerting rules, in order of advance.</summary>
public enum AlertState
{
    /// <summary>The rule was never evaluated.</summary>
    Unknown,

    /// <summary>Neither pending nor firing.</summary>
    Inactive,

    /// <summary>The expression returns it, but not yet for long enough.</summary>
    Pending,

    /// <summary>It fires.</summary>
    Firing,
}
