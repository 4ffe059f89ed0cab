using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Index;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Blocks;

/// <summary>Reads one block in one time range. Whoever opened the block keeps it open. Not thread-safe.</summary>
internal sealed class BlockQuerier(Block block, long minTime, long maxTime) : IQuerier
{
    private readonly IReadOnlyDictionary<int, Interval[]> _deleted = block.Deleted;

    public ISeriesSet Select(bool sorted, SelectHints? hints, IReadOnlyList<LabelMatcher> matchers)
    {
        // Ids ascend in label order, so that the answer is sorted whether that was asked for or not.
        var found = new List<ISeries>();
        foreach (var entry in Entries(matchers, hints?.Progress))
        {
            var deleted = _deleted.TryGetValue(entry.Id, out var intervals) ? intervals : [];
            if (Shows(entry, deleted))
            {
                found.Add(new BlockSeries(block, entry, deleted, minTime, maxTime));
            }
        }

        return new SeriesList(found);
    }

    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, int limit)
    {
        var values = new List<string>();
        if (matchers.Count == 0)
        {
            foreach (var (value, _) in block.Index.Values(name).Span)
            {
                values.Add(value);
            }
        }
        else
        {
            var matching = new HashSet<string>();
            foreach (var entry in Entries(matchers))
            {
                if (entry.Labels.TryGet(name, out var value))
                {
                    matching.Add(value);
                }
            }

            values.AddRange(matching);
            values.Sort(Utf8Order.Instance);
        }

        return limit > 0 && values.Count > limit ? values[..limit] : values;
    }

    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, int limit)
    {
        var names = new List<string>();
        if (matchers.Count == 0)
        {
            names.AddRange(block.Index.Names);
        }
        else
        {
            var matching = new HashSet<string>();
            foreach (var entry in Entries(matchers))
            {
                foreach (ref readonly var label in entry.Labels.AsSpan())
                {
                    matching.Add(label.Name);
                }
            }

            names.AddRange(matching);
            names.Sort(Utf8Order.Instance);
        }

        return limit > 0 && names.Count > limit ? names[..limit] : names;
    }

    public void Dispose()
    {
        // The block is not this querier's.
    }

    private IEnumerable<BlockSeriesEntry> Entries(IReadOnlyList<LabelMatcher> matchers, Action<int>? progress = null)
    {
        var index = block.Index;
        var reader = index.Series();
        var filtering = index.Series();
        var ids = PostingsQuery.Resolve(index, matchers, id => filtering.Read(id).Labels, progress);
        for (var i = 0; i < ids.Length; i++)
        {
            progress?.Invoke(1);
            yield return reader.Read(ids.Span[i]);
        }
    }

    private bool Shows(in BlockSeriesEntry entry, Interval[] deleted)
    {
        foreach (ref readonly var chunk in entry.Chunks.AsSpan())
        {
            if (chunk.MaxTime >= minTime && chunk.MinTime <= maxTime && !Interval.Cover(deleted, chunk.MinTime, chunk.MaxTime))
            {
                return true;
            }
        }

        return false;
    }
}
