using System.Runtime.CompilerServices;
using Tallygate.PushLog;

namespace Tallygate.Tests.Gateway;

/// <summary>A log in memory that can be told to fail, or to hold its breath.</summary>
internal sealed class FailingLog : IPushLog
{
    private readonly List<PushLogEntry> _entries = [];

    public int Failures { get; set; }

    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>After how many more appends all others fail; null: none does.</summary>
    public int? FailAfter { get; set; }

    /// <summary>How many appends were begun.</summary>
    public int Asked { get; private set; }

    /// <summary>How many times reading was begun.</summary>
    public int Reads { get; private set; }

    public LogPosition Head
    {
        get
        {
            lock (_entries)
            {
                return new LogPosition(_entries.Count);
            }
        }
    }

    public IReadOnlyList<PushLogEntry> Entries
    {
        get
        {
            lock (_entries)
            {
                return [.. _entries];
            }
        }
    }

    public async ValueTask<AppendResult> TryAppendAsync(
        LogPosition expectedHead, IReadOnlyList<PushRecord> batch, CancellationToken cancellationToken)
    {
        Asked++;
        await Gate;
        if (FailAfter is { } left)
        {
            FailAfter = left - 1;
            if (left <= 0)
            {
                throw new IOException("no space left on device");
            }
        }

        if (Failures > 0)
        {
            Failures--;
            throw new IOException("no space left on device");
        }

        return AppendForeign(expectedHead, batch);
    }

    /// <summary>Appends as another writer of the same log would.</summary>
    public AppendResult AppendForeign(LogPosition expectedHead, IReadOnlyList<PushRecord> batch)
    {
        lock (_entries)
        {
            if (expectedHead.Value != _entries.Count)
            {
                return AppendResult.HeadMoved;
            }

            foreach (var record in batch)
            {
                _entries.Add(new PushLogEntry(new LogPosition(_entries.Count + 1), record));
            }

            return AppendResult.Appended;
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<PushLogEntry>> ReadAsync(
        LogPosition after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Reads++;
        await Task.Yield();
        var entries = Entries;
        for (var i = (int)after.Value; i < entries.Count; i += 7)
        {
            yield return [.. entries.Skip(i).Take(7)];
        }
    }

    public ValueTask WaitForAppendAsync(LogPosition after, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
