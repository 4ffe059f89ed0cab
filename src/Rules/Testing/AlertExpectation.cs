using Tallygate.Model;

namespace Tallygate.Rules.Testing;

/// <summary>All alerts of one name that must fire at a time.</summary>
/// <param name="Time">After the start of the test.</param>
/// <param name="Name">The name of the alert.</param>
/// <param name="Alerts">Labels, without the name, and annotations of each.</param>
public sealed record AlertExpectation(TimeSpan Time, string Name, IReadOnlyList<(Labels Labels, Labels Annotations)> Alerts);
