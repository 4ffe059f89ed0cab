namespace Tallygate.Server.Configuration;

/// <summary>The levels of <c>--log.level</c>.</summary>
public enum LogSeverity
{
    /// <summary>All lines.</summary>
    Debug,

    /// <summary>What an operator likes to see.</summary>
    Info,

    /// <summary>What may become a problem.</summary>
    Warn,

    /// <summary>What went wrong.</summary>
    Error,
}
