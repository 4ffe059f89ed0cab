namespace Tallygate.Tsdb;

/// <summary>What a block on disk says of itself. Times are Unix milliseconds; it covers [MinTime, MaxTime).</summary>
/// <param name="Ulid">Its name, and that of its directory.</param>
/// <param name="Level">1: made of a head; more: made of blocks.</param>
/// <param name="Bytes">The length of all its files.</param>
public sealed record BlockInfo(
    string Ulid, long MinTime, long MaxTime, long Samples, long Chunks, long Series, long Tombstones, int Level, long Bytes);
