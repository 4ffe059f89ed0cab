namespace Tallygate.Gateway.Persistence;

/// <summary>A field of a struct that a gob stream defines.</summary>
internal readonly record struct GobField(string Name, int Type);
