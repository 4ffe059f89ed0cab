using Tallygate.PushLog;

namespace Tallygate.Gateway.Folds;

/// <summary>
/// Gives the entries of the log to all folds, each exactly once and in order, whatever position each began at. Each entry goes to the folds
/// in the order of the list, so that a fold may ask those before it about the entry at hand.
/// </summary>
internal sealed class FoldRunner(IReadOnlyList<IFold> folds)
{
    /// <summary>The position that all folds have reached.</summary>
    public LogPosition Position { get; private set; } = folds.Min(static f => f.Position);

    /// <summary>Takes a batch and publishes it. The batch must begin right behind <see cref="Position"/>.</summary>
    /// <exception cref="InvalidOperationException">An entry is missing between.</exception>
    public void Apply(IReadOnlyList<PushLogEntry> batch)
    {
        var position = Position;
        for (var i = 0; i < batch.Count; i++)
        {
            var entry = batch[i];
            if (entry.Position != position.Next)
            {
                throw new InvalidOperationException($"entry {entry.Position} of the push log came where {position.Next} was due");
            }

            position = entry.Position;
            foreach (var fold in folds)
            {
                if (entry.Position > fold.Position)
                {
                    fold.Apply(entry);
                }
            }
        }

        foreach (var fold in folds)
        {
            fold.Publish();
        }

        Position = position;
    }

    /// <summary>Reads the log from the least position of a fold to its head.</summary>
    /// <exception cref="InvalidDataException">A fold is ahead of the log: the log has lost entries that were durable.</exception>
    public async Task CatchUpAsync(IPushLog log, Action<IReadOnlyList<PushLogEntry>> applied, CancellationToken cancellationToken)
    {
        foreach (var fold in folds)
        {
            if (fold.Position > log.Head)
            {
                throw new InvalidDataException(
                    $"the {fold.Name} hold entry {fold.Position} of the push log, which ends at {log.Head}: the log is not the one they were made from");
            }
        }

        await foreach (var batch in log.ReadAsync(Position, cancellationToken).ConfigureAwait(false))
        {
            Apply(batch);
            applied(batch);
        }
    }
}
