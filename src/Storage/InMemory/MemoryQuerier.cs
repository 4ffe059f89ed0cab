using Tallygate.Model;

namespace Tallygate.Storage.InMemory;

/// <summary>Reads one version of the storage in one range.</summary>
internal sealed class MemoryQuerier(InMemoryStorage storage, long version, long minTime, long maxTime) : IQuerier
{
    public ISeriesSet Select(bool sorted, SelectHints? hints, IReadOnlyList<LabelMatcher> matchers)
    {
        var series = storage.Read(version, minTime, maxTime, matchers);
        if (sorted)
        {
            series.Sort(static (x, y) => x.Labels.CompareTo(y.Labels));
        }

        return new SeriesList(series);
    }

    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, int limit)
    {
        var values = new SortedSet<string>(Utf8Order.Instance);
        foreach (var series in storage.Read(version, minTime, maxTime, matchers))
        {
            if (series.Labels.TryGet(name, out var value))
            {
                values.Add(value);
            }
        }

        return First(values, limit);
    }

    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, int limit)
    {
        var names = new SortedSet<string>(Utf8Order.Instance);
        foreach (var series in storage.Read(version, minTime, maxTime, matchers))
        {
            foreach (ref readonly var label in series.Labels.AsSpan())
            {
                names.Add(label.Name);
            }
        }

        return First(names, limit);
    }

    public void Dispose()
    {
        // A version holds nothing.
    }

    private static List<string> First(SortedSet<string> sorted, int limit) => [.. limit > 0 ? sorted.Take(limit) : sorted];
}
