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
                if (!PushRecordCodec.TryRead(reader.Type, reader.Payload, strings, out var record, out var error))
                {
                    throw new WalCorruptionException(reader.Path, reader.BatchOffset, $"entry {reader.Sequence} cannot be read: {error}");
                }

                entries.Add(new PushLogEntry(new LogPosition(reader.Sequence), record));
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
