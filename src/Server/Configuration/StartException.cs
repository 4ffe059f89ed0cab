namespace Tallygate.Server.Configuration;

/// <summary>The server cannot start; the message is for the operator.</summary>
public sealed class StartException : Exception
{
    /// <summary>Says why.</summary>
    public StartException(string message)
        : base(message)
    {
    }

    /// <summary>Says why, and what led to it.</summary>
    public StartException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
