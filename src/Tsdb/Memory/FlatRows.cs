namespace Tallygate.Tsdb.Memory;

/// <summary>
/// Rows of one size in pages of numbers only, which the garbage collector neither looks into nor moves. Row 0 stands for none. One writer
/// takes and frees rows; readers need no lock to reach a row, and one of their own for what stands in it.
/// </summary>
internal sealed class FlatRows<T>
    where T : unmanaged
{
    /// <summary>How many bits of a row's number tell its place in its page.</summary>
    public const int PageShift = 7;

    private const int PageRows = 1 << PageShift;
    private readonly Stack<int> _free = new();
    private T[][] _pages = new T[4][];
    private int _end = 1;

    /// <summary>How many pages there are.</summary>
    public int Pages => (_end + PageRows - 1) >> PageShift;

    /// <summary>The bytes of all pages.</summary>
    public long Bytes => (long)Pages * PageRows * System.Runtime.CompilerServices.Unsafe.SizeOf<T>();

    public ref T this[int row] => ref Volatile.Read(ref _pages)[row >> PageShift][row & (PageRows - 1)];

    /// <summary>A row that nobody uses, all zero.</summary>
    public int Take()
    {
        if (_free.TryPop(out var row))
        {
            return row;
        }

        row = _end;
        var page = row >> PageShift;
        if (page == _pages.Length)
        {
            var more = new T[page * 2][];
            _pages.CopyTo(more, 0);
            Volatile.Write(ref _pages, more);
        }

        if (_pages[page] is null)
        {
            Volatile.Write(ref _pages[page], GC.AllocateArray<T>(PageRows, pinned: true));
        }

        _end++;
        return row;
    }

    /// <summary>Gives a row back, which is made zero.</summary>
    public void Free(int row)
    {
        this[row] = default;
        _free.Push(row);
    }
}
