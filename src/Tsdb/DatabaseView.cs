using Tallygate.Storage;
using Tallygate.Tsdb.Compaction;
using Tallygate.Tsdb.Head;

namespace Tallygate.Tsdb;

/// <summary>Head and blocks as they stood after one commit, held for as long as the view lives.</summary>
internal sealed class DatabaseView : IStorageSnapshot
{
    private readonly HeadBlock _head;
    private readonly BlockStates? _blocks;
    private readonly BlockState? _state;
    private readonly long _version;
    private int _disposed;

    private DatabaseView(HeadBlock head, BlockStates? blocks, BlockState? state, long version)
    {
        _head = head;
        _blocks = blocks;
        _state = state;
        _version = version;
    }

    /// <summary>What stands now. The blocks come first: what the head drops afterwards waits until they are released.</summary>
    public static DatabaseView Of(HeadBlock head, BlockStates? blocks)
    {
        var state = blocks?.Acquire();
        return new DatabaseView(head, blocks, state, head.Versions.Acquire());
    }

    public IQuerier Querier(long minTime, long maxTime) => new DatabaseQuerier(Copy(), minTime, maxTime);

    public IStorageSnapshot Snapshot() => Copy();

    public HeadBlock Head => _head;

    public BlockState? State => _state;

    public long Version => _version;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _head.Versions.Release(_version);
            if (_state is not null)
            {
                _blocks!.Release(_state);
            }
        }
    }

    private DatabaseView Copy()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        _head.Versions.Acquire(_version);
        return new DatabaseView(_head, _blocks, _state is null ? null : _blocks!.Acquire(_state), _version);
    }
}
