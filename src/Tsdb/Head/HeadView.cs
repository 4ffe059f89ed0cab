using Tallygate.Storage;

namespace Tallygate.Tsdb.Head;

/// <summary>The head as it stood after one commit, held for as long as the view lives.</summary>
internal sealed class HeadView : IStorageSnapshot
{
    private readonly HeadBlock _head;
    private readonly long _version;
    private int _disposed;

    /// <summary>Takes over one hold of the version.</summary>
    public HeadView(HeadBlock head, long version)
    {
        _head = head;
        _version = version;
    }

    public IQuerier Querier(long minTime, long maxTime)
    {
        Hold();
        return new HeadQuerier(_head, _version, minTime, maxTime);
    }

    public IStorageSnapshot Snapshot()
    {
        Hold();
        return new HeadView(_head, _version);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _head.Versions.Release(_version);
        }
    }

    private void Hold()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        _head.Versions.Acquire(_version);
    }
}
