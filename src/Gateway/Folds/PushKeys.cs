using Tallygate.PushLog;

namespace Tallygate.Gateway.Folds;

/// <summary>The fold of idempotency keys: which accepted pushes had one. They outlive their groups. Belongs to the writer.</summary>
internal sealed class PushKeys(Func<GatewaySettings> settings) : IFold
{
    private readonly RememberedHashes _keys = new();

    /// <inheritdoc/>
    public string Name => "idempotency keys";

    /// <inheritdoc/>
    public LogPosition Position { get; private set; }

    /// <summary>How many keys are remembered.</summary>
    public int Count => _keys.Count;

    /// <summary>How many were forgotten before their time.</summary>
    public long Evicted => _keys.Evicted;

    /// <inheritdoc/>
    public void Apply(in PushLogEntry entry)
    {
        var record = entry.Record;
        if (record.Terms?.Key is { } key && record.Verdict == PushVerdict.Accepted)
        {
            var bounds = settings();
            _keys.Add(key.Hash, key.Body, record.ReceivedUnixNano / 1_000_000, (long)bounds.IdempotencyWindow.TotalMilliseconds, bounds.IdempotencyKeys);
        }

        Position = entry.Position;
    }

    /// <inheritdoc/>
    public void Publish()
    {
        // Only the writer's own judge looks.
    }

    /// <summary>Finds what was pushed under a key.</summary>
    public bool TryGet(UInt128 key, out ulong body) => _keys.TryGet(key, out body);
}
