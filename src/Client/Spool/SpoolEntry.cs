namespace Tallygate.Client.Spool;

/// <summary>A push that waits in a spool.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Push">The push.</param>
public sealed record SpoolEntry(string Name, OutgoingPush Push);
