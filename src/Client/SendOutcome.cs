namespace Tallygate.Client;

/// <summary>What became of one delivery.</summary>
public enum SendOutcome
{
    /// <summary>The server has it for good.</summary>
    Delivered,

    /// <summary>The server looked at it and will never take it.</summary>
    Refused,

    /// <summary>Nobody knows, or the server asks to wait: to be sent again.</summary>
    Unreachable,
}
