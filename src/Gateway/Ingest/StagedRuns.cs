using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>The runs as the judge sees them: those of the fold, overlaid with what batches on their way to the disk leave.</summary>
internal sealed class StagedRuns(OpenRuns runs)
{
    private readonly Dictionary<Labels, (OpenRun[] Runs, long Batch)> _open = [];
    private readonly Dictionary<UInt128, long> _ended = [];

    /// <summary>The open runs of a group.</summary>
    public OpenRun[] Of(Labels group) => _open.TryGetValue(group, out var staged) ? staged.Runs : runs.Of(group);

    /// <summary>All open runs.</summary>
    public IEnumerable<OpenRun> All() => runs.Open.Keys.Union(_open.Keys).SelectMany(Of);

    /// <summary>Whether a run has ended.</summary>
    public bool HasEnded(Labels group, string id)
    {
        var hash = PushFingerprint.OfRun(group, id);
        return _ended.ContainsKey(hash) || runs.HasEnded(hash);
    }

    /// <summary>Takes an accepted record about a run.</summary>
    /// <param name="undo">Gets what takes it back; null where nobody will.</param>
    public void Stage(PushRecord record, long batch, Stack<Action>? undo)
    {
        undo?.Push(Restore(record));
        _open[record.GroupingKey] = (OpenRuns.After(Of(record.GroupingKey), record, out _), batch);
        if (OpenRuns.Ends(record))
        {
            _ended[PushFingerprint.OfRun(record.GroupingKey, record.Terms!.RunId!)] = batch;
        }
    }

    /// <summary>Takes note that a batch is durable and folded.</summary>
    public void Landed(PushBatch batch)
    {
        if (_open.Count == 0)
        {
            return;
        }

        foreach (var record in batch.Records)
        {
            if (record is not { Verdict: PushVerdict.Accepted, Terms.RunId: { } id })
            {
                continue;
            }

            if (_open.TryGetValue(record.GroupingKey, out var staged) && staged.Batch == batch.Number)
            {
                _open.Remove(record.GroupingKey);
            }

            if (OpenRuns.Ends(record))
            {
                _ended.Remove(PushFingerprint.OfRun(record.GroupingKey, id));
            }
        }
    }

    private Action Restore(PushRecord record)
    {
        var group = record.GroupingKey;
        var run = PushFingerprint.OfRun(group, record.Terms!.RunId!);
        var wasStaged = _open.TryGetValue(group, out var staged);
        var hadEnded = _ended.TryGetValue(run, out var ended);
        return () =>
        {
            if (wasStaged)
            {
                _open[group] = staged;
            }
            else
            {
                _open.Remove(group);
            }

            if (hadEnded)
            {
                _ended[run] = ended;
            }
            else
            {
                _ended.Remove(run);
            }
        };
    }

    /// <summary>Forgets what is staged.</summary>
    public void Clear()
    {
        _open.Clear();
        _ended.Clear();
    }
}
