namespace Tallygate.Tsdb.Head;

/// <summary>
/// How many samples of a series each open reader sees. Samples are only ever added at the end, so a number per commit is all that
/// isolation takes: the newest one, the one before (for readers who come while a commit is being applied), and older ones for as long
/// as someone reads them, in a list that the series keeps.
/// </summary>
internal struct VisibleCounts
{
    private long _version;
    private long _previousVersion;
    private uint _previousCount;

    /// <summary>All samples, ever.</summary>
    public uint Count { get; private set; }

    /// <summary>A series that had <paramref name="count"/> samples already at <paramref name="version"/>.</summary>
    public static VisibleCounts Of(uint count, long version) => new() { Count = count, _version = version };

    /// <summary>How many samples a reader of <paramref name="version"/> sees.</summary>
    public readonly uint At(long version, List<(long Version, uint Count)>? older)
    {
        if (_version <= version)
        {
            return Count;
        }

        if (_previousVersion <= version)
        {
            return _previousCount;
        }

        for (var i = (older?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (older![i].Version <= version)
            {
                return older[i].Count;
            }
        }

        return 0;
    }

    /// <summary>Whether a sample of the scope's commit is the first of that commit.</summary>
    public readonly bool IsNewIn(CommitScope scope) => _version != scope.Version;

    /// <summary>Counts one more sample.</summary>
    public void Increment() => Count++;

    /// <summary>Counts more samples of one commit.</summary>
    public void Add(int count) => Count += (uint)count;

    /// <summary>Begins to count for the scope's commit; the list of older versions may come or go.</summary>
    public void Advance(CommitScope scope, ref List<(long Version, uint Count)>? older)
    {
        if (older is not null)
        {
            Prune(scope, ref older);
        }

        if (scope.IsSeen(_previousVersion, _version))
        {
            (older ??= []).Add((_previousVersion, _previousCount));
        }

        _previousVersion = _version;
        _previousCount = Count;
        _version = scope.Version;
    }

    private readonly void Prune(CommitScope scope, ref List<(long Version, uint Count)>? older)
    {
        var next = _previousVersion;
        for (var i = older!.Count - 1; i >= 0; i--)
        {
            var version = older[i].Version;
            if (!scope.IsSeen(version, next))
            {
                older.RemoveAt(i);
            }

            next = version;
        }

        if (older.Count == 0)
        {
            older = null;
        }
    }
}
