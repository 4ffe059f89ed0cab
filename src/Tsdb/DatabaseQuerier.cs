using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;
using Tallygate.Tsdb.Head;

namespace Tallygate.Tsdb;

/// <summary>Reads head and blocks in one time range as one store. Owns its view. Not thread-safe.</summary>
internal sealed class DatabaseQuerier : IQuerier
{
    private readonly DatabaseView _view;
    private readonly HeadQuerier _head;
    private readonly List<(IQuerier Querier, long MinTime, long MaxTime)> _sources = [];

    public DatabaseQuerier(DatabaseView view, long minTime, long maxTime)
    {
        _view = view;
        var inOrderFrom = view.State?.HeadMinTime ?? long.MinValue;
        foreach (var block in view.State?.Blocks ?? [])
        {
            if (block.Meta.Overlaps(minTime, maxTime))
            {
                _sources.Add((new BlockQuerier(block, minTime, maxTime), block.Meta.MinTime, block.Meta.MaxTime - 1));
            }
        }

        view.Head.Versions.Acquire(view.Version);
        _head = new HeadQuerier(view.Head, view.Version, minTime, maxTime, inOrderFrom);
        _sources.Add((_head, inOrderFrom, long.MaxValue));
    }

    public ISeriesSet Select(bool sorted, SelectHints? hints, IReadOnlyList<LabelMatcher> matchers)
    {
        if (_sources.Count == 1)
        {
            return _head.Select(sorted, hints, matchers);
        }

        var sets = _sources.ConvertAll(s => (s.Querier.Select(true, hints, matchers), s.MinTime, s.MaxTime));
        return new JoinedSeriesSet(sets);
    }

    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, int limit) =>
        Union(limit, q => q.LabelValues(name, matchers, limit));

    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, int limit) =>
        Union(limit, q => q.LabelNames(matchers, limit));

    public void Dispose()
    {
        _head.Dispose();
        _view.Dispose();
    }

    private IReadOnlyList<string> Union(int limit, Func<IQuerier, IReadOnlyList<string>> read)
    {
        if (_sources.Count == 1)
        {
            return read(_head);
        }

        IReadOnlyList<string> all = [];
        foreach (var (querier, _, _) in _sources)
        {
            all = Merge(all, read(querier));
        }

        return limit > 0 && all.Count > limit ? [.. all.Take(limit)] : all;
    }

    /// <summary>Two lists in UTF-8 order as one. Most often both hold the same.</summary>
    private static IReadOnlyList<string> Merge(IReadOnlyList<string> x, IReadOnlyList<string> y)
    {
        if (x.Count == 0 || y.Count == 0)
        {
            return x.Count == 0 ? y : x;
        }

        var merged = new List<string>(Math.Max(x.Count, y.Count));
        for (int i = 0, j = 0; i < x.Count || j < y.Count;)
        {
            var order = i == x.Count ? 1 : j == y.Count ? -1 : x[i] == y[j] ? 0 : Utf8Order.CompareOrdinal(x[i], y[j]);
            merged.Add(order <= 0 ? x[i] : y[j]);
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }

        return merged;
    }
}
