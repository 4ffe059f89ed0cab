using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Index;

namespace Tallygate.Tsdb.Head;

/// <summary>Reads one version of the head in one time range.</summary>
internal sealed class HeadQuerier : IQuerier
{
    private readonly HeadBlock _head;
    private bool _disposed;

    /// <summary>Takes over one hold of the version.</summary>
    public HeadQuerier(HeadBlock head, long version, long minTime, long maxTime, long inOrderFrom = long.MinValue)
    {
        _head = head;
        Version = version;
        MinTime = minTime;
        MaxTime = maxTime;
        InOrderFrom = inOrderFrom;
    }

    public long Version { get; }

    public long MinTime { get; }

    public long MaxTime { get; }

    /// <summary>Before this time blocks hold the in-order samples.</summary>
    public long InOrderFrom { get; }

    public ISeriesSet Select(bool sorted, SelectHints? hints, IReadOnlyList<LabelMatcher> matchers)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var progress = hints?.Progress;
        var ids = Resolve(matchers, progress).Span;
        var found = new List<HeadSeries>(ids.Length);
        foreach (var id in ids)
        {
            progress?.Invoke(1);
            if (Visible(id) is { } series)
            {
                found.Add(new HeadSeries(series, series.AskedLabels, this));
            }
        }

        if (sorted)
        {
            found.Sort(static (x, y) => x.Labels.CompareTo(y.Labels));
        }

        return new SeriesList(found);
    }

    public IReadOnlyList<string> LabelValues(string name, IReadOnlyList<LabelMatcher> matchers, int limit)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return First(matchers.Count == 0 ? [.. AllValues(name)] : [.. MatchingValues(name, matchers)], limit);
    }

    public IReadOnlyList<string> LabelNames(IReadOnlyList<LabelMatcher> matchers, int limit)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (matchers.Count == 0)
        {
            return First(Array.FindAll(_head.Postings.Names(), IsUsed), limit);
        }

        var names = new HashSet<string>();
        foreach (var id in Resolve(matchers).Span)
        {
            if (Visible(id) is { } series)
            {
                foreach (ref readonly var label in series.AskedLabels.AsSpan())
                {
                    names.Add(label.Name);
                }
            }
        }

        return First([.. names], limit);
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _head.Versions.Release(Version);
        }
    }

    private ReadOnlyMemory<int> Resolve(IReadOnlyList<LabelMatcher> matchers, Action<int>? progress = null) =>
        PostingsQuery.Resolve(_head.Postings, matchers, id => _head.Find(id)?.AskedLabels, progress);

    private MemSeries? Visible(int id) => _head.Find(id) is { } series && series.MayOverlap(Version, MinTime, MaxTime, InOrderFrom) ? series : null;

    private bool IsUsed(string name)
    {
        foreach (var (_, postings) in _head.Postings.Values(name).Span)
        {
            if (HasVisible(postings))
            {
                return true;
            }
        }

        return false;
    }

    private List<string> AllValues(string name)
    {
        var values = new List<string>();
        foreach (var (value, postings) in _head.Postings.Values(name).Span)
        {
            if (HasVisible(postings))
            {
                values.Add(value);
            }
        }

        return values;
    }

    private bool HasVisible(PostingList postings)
    {
        foreach (var id in postings.Ids)
        {
            if (Visible(id) is not null)
            {
                return true;
            }
        }

        return false;
    }

    private HashSet<string> MatchingValues(string name, IReadOnlyList<LabelMatcher> matchers)
    {
        var values = new HashSet<string>();
        foreach (var id in Resolve(matchers).Span)
        {
            if (Visible(id) is { } series && series.AskedLabels.TryGet(name, out var value))
            {
                values.Add(value);
            }
        }

        return values;
    }

    private static string[] First(string[] values, int limit)
    {
        Array.Sort(values, Utf8Order.Instance);
        return limit > 0 && values.Length > limit ? values[..limit] : values;
    }
}
