using Tallygate.Model;

namespace Tallygate.Scrape;

/// <summary>What a target says of one metric family.</summary>
/// <param name="Family">The family's name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Help">Its help text; empty where there is none.</param>
/// <param name="Unit">Its unit; empty where there is none.</param>
public sealed record TargetMetadata(string Family, MetricType Type, string Help, string Unit);
