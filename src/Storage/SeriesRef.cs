namespace Tallygate.Storage;

/// <summary>A store's own number for a series; 0 stands for none. Good for the life of the process only.</summary>
public readonly record struct SeriesRef(ulong Value);
