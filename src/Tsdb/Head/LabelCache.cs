using Tallygate.Model;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// Labels of series as objects, for as long as queries ask for them: they are made from numbers, and what nobody asks for is forgotten a
/// page at a time. Thread-safe; putting and forgetting one are done under the lock of its row.
/// </summary>
internal sealed class LabelCache
{
    private const int PageShift = 7;
    private const int PageRows = 1 << PageShift;
    private readonly Lock _lock = new();
    private Page?[] _pages = new Page?[4];

    /// <summary>The labels of a row, or null.</summary>
    public Labels? Find(int row)
    {
        var pages = Volatile.Read(ref _pages);
        var at = row >> PageShift;
        if (at >= pages.Length || Volatile.Read(ref pages[at]) is not { } page)
        {
            return null;
        }

        if (!page.Asked)
        {
            page.Asked = true;
        }

        return Volatile.Read(ref page.Labels[row & (PageRows - 1)]);
    }

    public void Put(int row, Labels labels) => Volatile.Write(ref PageOf(row >> PageShift).Labels[row & (PageRows - 1)], labels);

    public void Forget(int row)
    {
        lock (_lock)
        {
            if (row >> PageShift < _pages.Length && _pages[row >> PageShift] is { } page)
            {
                Volatile.Write(ref page.Labels[row & (PageRows - 1)], null);
            }
        }
    }

    /// <summary>Forgets the pages that were not asked for since the last call.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            foreach (ref var page in _pages.AsSpan())
            {
                if (page is { Asked: false })
                {
                    Volatile.Write(ref page, null);
                }
                else if (page is not null)
                {
                    page.Asked = false;
                }
            }
        }
    }

    private Page PageOf(int at)
    {
        lock (_lock)
        {
            if (at >= _pages.Length)
            {
                var more = new Page?[Math.Max(at + 1, _pages.Length * 2)];
                _pages.CopyTo(more, 0);
                Volatile.Write(ref _pages, more);
            }

            if (_pages[at] is not { } page)
            {
                page = new Page();
                Volatile.Write(ref _pages[at], page);
            }

            return page;
        }
    }

    private sealed class Page
    {
        public readonly Labels?[] Labels = new Labels?[PageRows];
        public volatile bool Asked = true;
    }
}
