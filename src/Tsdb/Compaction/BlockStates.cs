using Tallygate.Tsdb.Blocks;

namespace Tallygate.Tsdb.Compaction;

/// <summary>
/// Which blocks there are, as one thing that is replaced whole. Who reads holds a state: its blocks stay open and on disk, and the head
/// keeps what they do not have, until it is released. Thread-safe.
/// </summary>
internal sealed class BlockStates(Action<Block> forget) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Block> _dropped = [];
    private readonly List<BlockState> _live = [new BlockState([], long.MinValue)];

    /// <summary>The newest state, without a hold on it: for the one that publishes.</summary>
    public BlockState Current
    {
        get
        {
            lock (_lock)
            {
                return _live[^1];
            }
        }
    }

    /// <summary>Whether nobody holds a state but the newest.</summary>
    public bool NobodyIsBehind
    {
        get
        {
            lock (_lock)
            {
                return _live.Count == 1;
            }
        }
    }

    public BlockState Acquire()
    {
        lock (_lock)
        {
            _live[^1].Readers++;
            return _live[^1];
        }
    }

    /// <summary>Holds a state that is held already.</summary>
    public BlockState Acquire(BlockState state)
    {
        lock (_lock)
        {
            state.Readers++;
            return state;
        }
    }

    public void Release(BlockState state)
    {
        List<Block> gone;
        lock (_lock)
        {
            state.Readers--;
            gone = Retire();
        }

        gone.ForEach(forget);
    }

    /// <summary>Makes a state the newest. Blocks that are in no state any more are given to be forgotten when the last reader goes.</summary>
    public void Publish(IEnumerable<Block> blocks, long headMinTime)
    {
        List<Block> gone;
        lock (_lock)
        {
            var before = _live[^1];
            _live.Add(new BlockState([.. blocks.OrderBy(static b => b.Meta.MinTime).ThenBy(static b => b.Meta.Ulid, StringComparer.Ordinal)], headMinTime));
            _dropped.AddRange(before.Blocks.Except(_live[^1].Blocks));
            gone = Retire();
        }

        gone.ForEach(forget);
    }

    /// <summary>Gives up all blocks; those that are held when their last reader goes.</summary>
    public void Dispose() => Publish([], long.MaxValue);

    private List<Block> Retire()
    {
        for (var i = _live.Count - 2; i >= 0; i--)
        {
            if (_live[i].Readers == 0)
            {
                _live.RemoveAt(i);
            }
        }

        var gone = _dropped.FindAll(b => !_live.Exists(s => Array.IndexOf(s.Blocks, b) >= 0));
        _dropped.RemoveAll(gone.Contains);
        return gone;
    }
}
