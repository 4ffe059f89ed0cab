namespace Tallygate.Tsdb.Head;

/// <summary>
/// How many samples of a series each open reader sees. Samples are only ever added at the end, so a number per commit is all that
/// isolation takes: the newest one, the one before (for readers who come while a commit is being applied), and older ones for as long
/// as someone reads them.
/// </summary>
internal struct VisibleCounts
{
    private long _version;
    private long _previousVersion;
    private uint _previousCount;
    private List<(long Version, uint Count)>? _older;

    /// <summary>All samples, ever.</summary>
    public uint Count { get; private set; }

    /// <summary>A series that had <paramref name="count"/> samples already at <paramref name="version"/>.</summary>
    public static VisibleCounts Of(uint count, long version) => new() { Count = count, _version = version };

    /// <summary>How many samples a reader of <paramref name="version"/> sees.</summary>
    public readonly uint At(long version)
    {
        if (_version <= version)
        {
            return Count;
        }

        if (_previousVersion <= version)
        {
            return _previousCount;
        }

        for (var i = (_older?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (_older![i].Version <= version)
            {
                return _older[i].Count;
            }
        }

        return 0;
    }

    /// <summary>Counts one more sample, which the scope's commit brings.</summary>
    public void Increment(CommitScope scope)
    {
        if (_version != scope.Version)
        {
            Advance(scope);
        }

        Count++;
    }

    private void Advance(CommitScope scope)
    {
        if (_older is not null)
        {
            Prune(scope);
        }

        if (scope.IsSeen(_previousVersion, _version))
        {
            (_older ??= []).Add((_previousVersion, _previousCount));
        }

        _previousVersion = _version;
        _previousCount = Count;
        _version = scope.Version;
    }

    private void Prune(CommitScope scope)
    {
        var next = _previousVersion;
        for (var i = _older!.Count - 1; i >= 0; i--)
        {
            var version = _older[i].Version;
            if (!scope.IsSeen(version, next))
            {
                _older.RemoveAt(i);
            }

            next = version;
        }

        if (_older.Count == 0)
        {
            _older = null;
        }
    }
}
