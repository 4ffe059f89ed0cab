namespace Tallygate.Client;

/// <summary>What became of one delivery, and why.</summary>
/// <param name="Outcome">Whether to send it again.</param>
/// <param name="Reason">The server's words, or why it could not be asked; empty where it went well.</param>
/// <param name="RetryAfter">How long the server asks to wait, if it does.</param>
public readonly record struct SendResult(SendOutcome Outcome, string Reason, TimeSpan? RetryAfter = null);
