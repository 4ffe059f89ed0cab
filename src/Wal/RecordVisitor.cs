namespace Tallygate.Wal;

/// <summary>Sees a record during replay. <paramref name="payload"/> is valid only during the call.</summary>
public delegate void RecordVisitor(long sequence, byte type, ReadOnlySpan<byte> payload);
