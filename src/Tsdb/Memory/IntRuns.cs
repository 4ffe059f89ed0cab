namespace Tallygate.Tsdb.Memory;

/// <summary>
/// Many short lists of numbers that never change, each with its length before it, in pages. A run that was freed serves the next of its
/// length. One writer uses it at a time; readers need no lock for a run that they know is there.
/// </summary>
internal sealed class IntRuns
{
    private const int PageShift = 12;
    private const int PageInts = 1 << PageShift;

    // By length: a run of that length that is free, whose first number tells the next one.
    private int[] _free = new int[16];
    private int[][] _pages = new int[4][];
    private int _page;
    private int _used;

    /// <summary>The bytes of all pages.</summary>
    public long Bytes { get; private set; }

    /// <summary>The run at an address.</summary>
    public ReadOnlySpan<int> this[int address]
    {
        get
        {
            var page = Volatile.Read(ref _pages)[address >> PageShift];
            var at = address & (PageInts - 1);
            return page.AsSpan(at + 1, page[at]);
        }
    }

    /// <summary>Keeps a run; its address is never 0.</summary>
    public int Keep(ReadOnlySpan<int> run)
    {
        var address = run.Length > 0 && run.Length < _free.Length ? _free[run.Length] : 0;
        if (address != 0)
        {
            var known = Writable(address, run.Length);
            _free[run.Length] = known[0];
            run.CopyTo(known);
            return address;
        }

        address = Fresh(run.Length + 1);
        _pages[address >> PageShift][address & (PageInts - 1)] = run.Length;
        run.CopyTo(Writable(address, run.Length));
        return address;
    }

    public void Free(int address)
    {
        var length = this[address].Length;
        if (length == 0)
        {
            return;
        }

        if (length >= _free.Length)
        {
            Array.Resize(ref _free, length * 2);
        }

        Writable(address, length)[0] = _free[length];
        _free[length] = address;
    }

    private Span<int> Writable(int address, int length) => _pages[address >> PageShift].AsSpan((address & (PageInts - 1)) + 1, length);

    private int Fresh(int length)
    {
        if (_page == 0 || _used + length > _pages[_page].Length)
        {
            // The first page is left out, so that no address is 0.
            _page++;
            _used = 0;
            if (_page == _pages.Length)
            {
                var more = new int[_page * 2][];
                _pages.CopyTo(more, 0);
                Volatile.Write(ref _pages, more);
            }

            var page = new int[Math.Max(length, _page == 1 ? PageInts / 8 : PageInts)];
            Bytes += page.Length * sizeof(int);
            Volatile.Write(ref _pages[_page], page);
        }

        var address = (_page << PageShift) + _used;
        _used += length;
        return address;
    }
}
