namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>Whether the loop around a part goes on.</summary>
internal enum LoopSignal
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>It ends.</summary>
    Break,

    /// <summary>It goes to its next element.</summary>
    Continue,
}
