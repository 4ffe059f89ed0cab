using Tallygate.Exposition;
using Tallygate.Wal;

namespace Tallygate.PushLog.Embedded;

/// <summary>The entries between two positions, read from the log's files in batches of bounded size.</summary>
internal sealed class EntryStream(WalWriter wal, Utf8StringPool strings, LogPosition after, LogPosition last, CancellationToken cancellationToken)
    : IAsyncEnumerable<IReadOnlyList<PushLogEntry>>
{
    private const int MaxEntries = 1024;

    private const int MaxBytes = 1 << 20;

    public IAsyncEnumerator<IReadOnlyList<PushLogEntry>> GetAsyncEnumerator(CancellationToken enumeration) =>
        new Enumerator(wal.ReadAfter(after.Value, last.Value), strings, cancellationToken, enumeration);

    /// <summary>The entry that a reader stands at.</summary>
    /// <exception cref="WalCorruptionException">It cannot be read.</exception>
    /// <exception cref="NewerVersionException">It is of a version that came later.</exception>
    public static PushLogEntry Entry(WalReader reader, Utf8StringPool strings) =>
        reader.Type > PushRecordCodec.Version
            ? throw new NewerVersionException(
                $"{reader.Path} at byte {reader.BatchOffset}: entry {reader.Sequence}", reader.Type, PushRecordCodec.Version)
        : PushRecordCodec.TryRead(reader.Type, reader.Payload, strings, out var record, out var error)
            ? new PushLogEntry(new LogPosition(reader.Sequence), record)
            : throw new WalCorruptionException(reader.Path, reader.BatchOffset, $"entry {reader.Sequence} cannot be read: {error}");

    private sealed class Enumerator(WalReader reader, Utf8StringPool strings, CancellationToken whole, CancellationToken enumeration)
        : IAsyncEnumerator<IReadOnlyList<PushLogEntry>>
    {
        public IReadOnlyList<PushLogEntry> Current { get; private set; } = [];

        public ValueTask<bool> MoveNextAsync()
        {
            whole.ThrowIfCancellationRequested();
            enumeration.ThrowIfCancellationRequested();
            var entries = new List<PushLogEntry>();
            var bytes = 0;
            while (entries.Count < MaxEntries && bytes < MaxBytes && reader.Read())
            {
                entries.Add(Entry(reader, strings));
                bytes += reader.Payload.Length;
            }

            Current = entries;
            return ValueTask.FromResult(entries.Count > 0);
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
