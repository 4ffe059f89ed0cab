namespace Tallygate.Tsdb.Index;

/// <summary>
/// The ids of the series that have one label, ascending. One writer adds larger and larger ids; readers need no lock, and see those that
/// were there when they asked. (A smaller id may come during replay, while there are no readers.)
/// </summary>
internal sealed class PostingList
{
    private int[] _ids;
    private int _count;

    public PostingList()
        : this([], 0)
    {
    }

    public PostingList(int[] ids, int count)
    {
        _ids = ids;
        _count = count;
    }

    public int Count => Volatile.Read(ref _count);

    public ReadOnlySpan<int> Ids
    {
        get
        {
            // The count first: the array only ever grows.
            var count = Volatile.Read(ref _count);
            return Volatile.Read(ref _ids).AsSpan(0, count);
        }
    }

    public void Add(int id)
    {
        if (_count == _ids.Length)
        {
            var larger = new int[_count == 0 ? 1 : _count < 8 ? _count * 2 : _count + (_count / 2)];
            _ids.CopyTo(larger, 0);
            Volatile.Write(ref _ids, larger);
        }

        var at = _count;
        for (; at > 0 && _ids[at - 1] > id; at--)
        {
            _ids[at] = _ids[at - 1];
        }

        _ids[at] = id;
        Volatile.Write(ref _count, _count + 1);
    }
}
