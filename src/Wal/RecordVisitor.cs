namespace Tallygate.Wal;

/// <summary>Sees a record during replay. <paramref name="payload"/> is valid only during the call. Where the record is of a newer version it
/// throws <see cref="NewerVersionException"/>, to which the file is added.</summary>
public delegate void RecordVisitor(long sequence, byte type, ReadOnlySpan<byte> payload);
