using Tallygate.Model;

namespace Tallygate.Storage;

/// <summary>The queriers of several stores, read as one; it owns them.</summary>
internal sealed class FanoutQuerier : IQuerier
{
    private readonly IQuerier[] _queriers;
    private readonly SeriesMerge _merge;

    private FanoutQuerier(IQuerier[] queriers, SeriesMerge merge)
    {
        _queriers = queriers;
        _merge = merge;
    }

    public static FanoutQuerier Open(IReadOnlyList<IQueryableStorage> stores, SeriesMerge merge, long minTime, long maxTime)
    {
        var queriers = new List<IQuerier>(stores.Count);
        try
        {
            foreach (var store in stores)
            {
                queriers.Add(store.Querier(minTime, maxTime));
            }

            return new FanoutQuerier([.. queriers], merge);
        }
        catch
        {
            queriers.ForEach(static q => q.Dispose());
            throw;
        }
    }

    public ISeriesSet Select(bool sorted, SelectHints? hints, IReadOnlyList<LabelMatcher> matchers) =>
        _queriers.Length == 1
            ? _queriers[0].Select(sorted, hints, matchers)
            : new MergeSeriesSet(Array.ConvertAll(_queriers, q => q.Select(sorted, hints, matchers)), sorted, _merge, hints?.Progress);

    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, int limit) =>
        Union(Array.ConvertAll(_queriers, q => q.LabelValues(name, matchers, limit)), limit);

    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, int limit) =>
        Union(Array.ConvertAll(_queriers, q => q.LabelNames(matchers, limit)), limit);

    public void Dispose()
    {
        foreach (var querier in _queriers)
        {
            querier.Dispose();
        }
    }

    private static IReadOnlyList<string> Union(IReadOnlyList<string>[] lists, int limit)
    {
        if (Array.FindAll(lists, static list => list.Count > 0) is { Length: <= 1 } some)
        {
            return some.Length == 0 ? [] : some[0];
        }

        // Each list holds its first values, so the first ones of all are among them.
        var all = new SortedSet<string>(Utf8Order.Instance);
        foreach (var list in lists)
        {
            all.UnionWith(list);
        }

        return limit > 0 && all.Count > limit ? [.. all.Take(limit)] : [.. all];
    }
}
