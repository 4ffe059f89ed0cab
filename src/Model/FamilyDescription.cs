namespace Tallygate.Model;

/// <summary>What is said of one metric family beside its samples. Immutable.</summary>
/// <param name="Family">The family's name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Help">Its help text; empty where there is none.</param>
/// <param name="Unit">Its unit; empty where there is none.</param>
public sealed record FamilyDescription(string Family, MetricType Type, string Help, string Unit);
