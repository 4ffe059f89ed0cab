namespace Tallygate.Tsdb.Head;

/// <summary>
/// Which commits are published, and which versions readers hold. A version's number and the source position it stands for are
/// published together. Thread-safe.
/// </summary>
internal sealed class OpenVersions
{
    private readonly Lock _lock = new();

    // Ascending; readers mostly open the newest version.
    private readonly List<(long Version, int Readers)> _open = [];
    private long[] _ascending = [];
    private bool _stale;
    private long _newest;
    private long _sourcePosition;

    /// <summary>The newest commit.</summary>
    public long Newest
    {
        get
        {
            lock (_lock)
            {
                return _newest;
            }
        }
    }

    /// <summary>The source position of the newest commit that had one.</summary>
    public long SourcePosition
    {
        get
        {
            lock (_lock)
            {
                return _sourcePosition;
            }
        }
    }

    public void Publish(long version, long sourcePosition)
    {
        lock (_lock)
        {
            _newest = version;
            _sourcePosition = Math.Max(_sourcePosition, sourcePosition);
        }
    }

    /// <summary>Holds the newest version.</summary>
    public long Acquire()
    {
        lock (_lock)
        {
            Hold(_newest);
            return _newest;
        }
    }

    /// <summary>Holds the newest version, and tells the source position at it.</summary>
    public (long Version, long SourcePosition) AcquireStand()
    {
        lock (_lock)
        {
            Hold(_newest);
            return (_newest, _sourcePosition);
        }
    }

    /// <summary>Holds a version that is held already.</summary>
    public void Acquire(long version)
    {
        lock (_lock)
        {
            Hold(version);
        }
    }

    public void Release(long version)
    {
        lock (_lock)
        {
            var at = Find(version);
            var readers = _open[at].Readers - 1;
            if (readers > 0)
            {
                _open[at] = (version, readers);
            }
            else
            {
                _open.RemoveAt(at);
                _stale = true;
            }
        }
    }

    /// <summary>The versions held, ascending.</summary>
    public long[] Ascending()
    {
        lock (_lock)
        {
            if (_stale)
            {
                _ascending = _open.Count == 0 ? [] : [.. _open.Select(static o => o.Version)];
                _stale = false;
            }

            return _ascending;
        }
    }

    private void Hold(long version)
    {
        var at = Find(version);
        if (at < _open.Count && _open[at].Version == version)
        {
            _open[at] = (version, _open[at].Readers + 1);
        }
        else
        {
            _open.Insert(at, (version, 1));
            _stale = true;
        }
    }

    private int Find(long version)
    {
        var at = _open.Count;
        while (at > 0 && _open[at - 1].Version >= version)
        {
            at--;
        }

        return at;
    }
}
