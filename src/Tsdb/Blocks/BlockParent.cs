namespace Tallygate.Tsdb.Blocks;

/// <summary>A block of which another was made. Times are Unix milliseconds, the end not in it.</summary>
internal readonly record struct BlockParent(string Ulid, long MinTime, long MaxTime);
