namespace Tallygate.PushLog;

/// <summary>Who pushed.</summary>
/// <param name="Address">The address the push came from, without a port; empty where it is not known.</param>
/// <param name="UserAgent">What the client calls itself; empty where it says nothing.</param>
public sealed record PushClient(string Address, string UserAgent);
