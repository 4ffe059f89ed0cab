using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;

namespace Tallygate.Tsdb;

/// <summary>Reads several blocks in one time range as one store. Not thread-safe.</summary>
internal sealed class ArchiveQuerier(List<Block> blocks, long minTime, long maxTime) : IQuerier
{
    private readonly List<BlockQuerier> _queriers = blocks.ConvertAll(b => new BlockQuerier(b, minTime, maxTime));

    public ISeriesSet Select(bool sorted, SelectHints? hints, IReadOnlyList<LabelMatcher> matchers)
    {
        var sets = new List<(ISeriesSet, long, long)>();
        for (var i = 0; i < blocks.Count; i++)
        {
            sets.Add((_queriers[i].Select(true, hints, matchers), blocks[i].Meta.MinTime, blocks[i].Meta.MaxTime - 1));
        }

        return new JoinedSeriesSet(sets);
    }

    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, int limit) =>
        First(_queriers.SelectMany(q => q.LabelValues(name, matchers, limit)), limit);

    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, int limit) =>
        First(_queriers.SelectMany(q => q.LabelNames(matchers, limit)), limit);

    public void Dispose() => _queriers.ForEach(static q => q.Dispose());

    private static string[] First(IEnumerable<string> texts, int limit)
    {
        var all = texts.Distinct().Order(Utf8Order.Instance);
        return limit > 0 ? [.. all.Take(limit)] : [.. all];
    }
}
