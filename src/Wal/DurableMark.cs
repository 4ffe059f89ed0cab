namespace Tallygate.Wal;

/// <summary>
/// A statement on disk: every byte of this segment before <see cref="Offset"/> had been synced when it was written. Each batch carries
/// it about the batches before it, a seal about all of them. Recovery believes it: damage before a mark is corruption, damage behind
/// every mark is a torn tail.
/// </summary>
internal readonly record struct DurableMark(long Offset)
{
    /// <summary>Whether the byte at this offset was durable.</summary>
    public bool Covers(long offset) => offset < Offset;
}
