using Tallygate.PushLog;

namespace Tallygate.Gateway.Reading;

/// <summary>Reads the push log page by page, beside the pushes that come. Thread-safe.</summary>
public sealed class LogReader
{
    /// <summary>So many entries are looked at for one page, wanted or not, so that a page never takes long.</summary>
    private const int MaxLooked = 100_000;

    private readonly IPushLog _log;
    private readonly LogTimes _times;

    internal LogReader(IPushLog log, LogTimes times)
    {
        _log = log;
        _times = times;
    }

    /// <summary>The newest entry that can be read.</summary>
    public LogPosition Head => _times.Position < _log.Head ? _times.Position : _log.Head;

    /// <summary>Reads the next entries that are wanted.</summary>
    /// <param name="from">Where to begin, itself not read; null: at the end that the order begins with.</param>
    /// <param name="newestFirst">From the newest back to the oldest.</param>
    /// <param name="limit">The most entries.</param>
    /// <exception cref="IOException">The log cannot be read.</exception>
    public async Task<LogPage> ReadAsync(LogFilter filter, LogPosition? from, bool newestFirst, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var head = Head.Value;
        var found = new List<PushLogEntry>();
        var at = newestFirst ? Math.Min(from?.Value ?? long.MaxValue, head + 1) : Math.Max(from?.Value ?? 0, 0);
        for (var looked = 0; looked < MaxLooked && HasMore(at, head, newestFirst);)
        {
            var next = newestFirst ? at - 1 : at + 1;
            var (first, last) = LogTimes.BlockOf(next);
            (first, last) = newestFirst ? (first, next) : (next, Math.Min(last, head));
            if (_times.MayHold(next, filter))
            {
                var block = await BlockAsync(first, last, cancellationToken).ConfigureAwait(false);
                looked += block.Count;
                if (newestFirst)
                {
                    block.Reverse();
                }

                foreach (var entry in block)
                {
                    if (filter.Takes(entry.Record))
                    {
                        found.Add(entry);
                        if (found.Count == limit)
                        {
                            return new LogPage(found, entry.Position, HasMore(entry.Position.Value, head, newestFirst), new LogPosition(head));
                        }
                    }
                }
            }

            at = newestFirst ? first : last;
        }

        return new LogPage(found, new LogPosition(at), HasMore(at, head, newestFirst), new LogPosition(head));
    }

    /// <summary>Returns when there are entries behind a position.</summary>
    public async Task WaitAsync(LogPosition after, CancellationToken cancellationToken)
    {
        await _log.WaitForAppendAsync(after, cancellationToken).ConfigureAwait(false);
        while (Head <= after)
        {
            // It is durable, and about to be folded.
            await Task.Delay(1, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool HasMore(long at, long head, bool newestFirst) => newestFirst ? at > 1 : at < head;

    private async Task<List<PushLogEntry>> BlockAsync(long first, long last, CancellationToken cancellationToken)
    {
        var block = new List<PushLogEntry>((int)(last - first + 1));
        await foreach (var batch in _log.ReadAsync(new LogPosition(first - 1), cancellationToken).ConfigureAwait(false))
        {
            foreach (var entry in batch)
            {
                if (entry.Position.Value <= last)
                {
                    block.Add(entry);
                }
            }

            if (batch[^1].Position.Value >= last)
            {
                break;
            }
        }

        return block;
    }
}
