namespace Tallygate.Wal;

/// <summary>What stands at a place in a segment.</summary>
internal enum ScanResult
{
    /// <summary>A whole batch, or a seal.</summary>
    Batch,

    /// <summary>Nothing: the end was reached.</summary>
    End,

    /// <summary>Bytes that are no whole batch.</summary>
    Damaged,
}
