using Tallygate.Gateway.Folds;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>The idempotency keys as the judge sees them: those of the fold, and those of batches on their way to the disk.</summary>
internal sealed class StagedKeys(PushKeys keys)
{
    private readonly Dictionary<UInt128, ulong> _staged = [];

    /// <summary>Finds what was pushed under a key.</summary>
    public bool TryGet(UInt128 key, out ulong body) => _staged.TryGetValue(key, out body) || keys.TryGet(key, out body);

    /// <summary>Takes the key of an accepted record, if it has one.</summary>
    /// <param name="undo">Gets what takes it back; null where nobody will.</param>
    public void Stage(PushRecord record, Stack<Action>? undo)
    {
        if (record.Terms?.Key is { } key)
        {
            _staged[key.Hash] = key.Body;
            undo?.Push(() => _staged.Remove(key.Hash));
        }
    }

    /// <summary>Takes note that a batch is durable and folded. A key is staged once only, so no later batch has it.</summary>
    public void Landed(PushBatch batch)
    {
        if (_staged.Count == 0)
        {
            return;
        }

        foreach (var record in batch.Records)
        {
            if (record is { Verdict: PushVerdict.Accepted, Terms.Key: { } key })
            {
                _staged.Remove(key.Hash);
            }
        }
    }

    /// <summary>Forgets what is staged.</summary>
    public void Clear() => _staged.Clear();
}
