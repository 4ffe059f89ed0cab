using Tallygate.Gateway.Folds;
using Tallygate.Model;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// The groups as the judge sees them: those that are published, overlaid with what batches on their way to the disk leave. When such a batch
/// lands, its part of the overlay goes.
/// </summary>
/// <param name="check">The index of all series, which is taken back together with a group; null where pushes are not compared.</param>
internal sealed class StagedGroups(LatestGroups groups, ConsistencyCheck? check)
{
    private readonly Dictionary<Labels, Staged> _staged = [];
    private long _wipedIn;

    /// <summary>The group with exactly this key; null where there is none.</summary>
    public MetricGroup? Find(Labels key) =>
        _staged.TryGetValue(key, out var staged) ? staged.Group : _wipedIn != 0 ? null : groups.View.Find(key);

    /// <summary>Takes a group's new state; null where it goes.</summary>
    /// <param name="before">Its state before; null where there was none.</param>
    /// <param name="undo">Gets what takes it back, and the index with it; null where nobody will.</param>
    public void Stage(Labels key, MetricGroup? before, MetricGroup? after, long batch, Stack<Action>? undo)
    {
        undo?.Push(Restore(key, before, after));
        _staged[key] = new Staged(after, batch);
    }

    /// <summary>All groups go.</summary>
    public void Wipe(long batch)
    {
        _staged.Clear();
        _wipedIn = batch;
    }

    /// <summary>Takes note that a batch is durable and published.</summary>
    public void Landed(PushBatch batch)
    {
        foreach (var record in batch.Records)
        {
            if (_staged.TryGetValue(record.GroupingKey, out var staged) && staged.Batch == batch.Number)
            {
                _staged.Remove(record.GroupingKey);
            }
        }

        if (_wipedIn == batch.Number)
        {
            _wipedIn = 0;
        }
    }

    /// <summary>Forgets what is staged.</summary>
    public void Clear()
    {
        _staged.Clear();
        _wipedIn = 0;
    }

    private Action Restore(Labels key, MetricGroup? before, MetricGroup? after)
    {
        var wasStaged = _staged.TryGetValue(key, out var staged);
        return () =>
        {
            if (wasStaged)
            {
                _staged[key] = staged;
            }
            else
            {
                _staged.Remove(key);
            }

            if (after is not null)
            {
                check?.Remove(after);
            }

            if (before is not null)
            {
                check?.Add(before);
            }
        };
    }

    private readonly record struct Staged(MetricGroup? Group, long Batch);
}
