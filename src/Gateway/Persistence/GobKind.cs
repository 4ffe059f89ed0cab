namespace Tallygate.Gateway.Persistence;

/// <summary>The shapes of types in a gob stream.</summary>
internal enum GobKind
{
    /// <summary>Fields, each with the distance from the one before; those that hold nothing are left out.</summary>
    Struct,

    /// <summary>A count, then keys and values.</summary>
    Map,

    /// <summary>A count, then values.</summary>
    List,

    /// <summary>Bytes that the type itself knows to read.</summary>
    Opaque,
}
