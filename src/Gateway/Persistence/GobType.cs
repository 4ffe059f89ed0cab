namespace Tallygate.Gateway.Persistence;

/// <summary>A type that a gob stream defines.</summary>
/// <param name="Fields">For structs, the fields in order.</param>
/// <param name="Key">For maps, the type of the keys.</param>
/// <param name="Element">For maps, lists and arrays, the type of the values.</param>
internal sealed record GobType(GobKind Kind, IReadOnlyList<GobField> Fields, int Key = 0, int Element = 0);
