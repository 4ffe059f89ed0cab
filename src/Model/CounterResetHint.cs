namespace Tallygate.Model;

/// <summary>What is known of a native histogram against the one before it.</summary>
public enum CounterResetHint
{
    /// <summary>Nothing.</summary>
    Unknown,

    /// <summary>Its counter was reset.</summary>
    CounterReset,

    /// <summary>Its counter was not reset.</summary>
    NotCounterReset,

    /// <summary>It is a gauge: it has no resets.</summary>
    Gauge,
}
