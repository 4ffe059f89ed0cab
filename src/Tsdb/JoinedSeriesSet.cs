using Tallygate.Storage;
using Tallygate.Tsdb.Head;

namespace Tallygate.Tsdb;

/// <summary>Sorted sets, each with the times its samples can have, as one set in which each series comes once. Not thread-safe.</summary>
internal sealed class JoinedSeriesSet : ISeriesSet
{
    private readonly (ISeriesSet Set, long MinTime, long MaxTime)[] _sets;

    // The sets that stand at a series, by its labels.
    private readonly PriorityQueue<int, (Model.Labels Labels, int Set)> _heads;
    private ISeries? _current;

    public JoinedSeriesSet(List<(ISeriesSet Set, long MinTime, long MaxTime)> sets)
    {
        _sets = [.. sets];
        _heads = new PriorityQueue<int, (Model.Labels, int)>(Comparer<(Model.Labels Labels, int Set)>.Create(static (x, y) =>
            x.Labels.CompareTo(y.Labels) is var order && order != 0 ? order : x.Set - y.Set));
        for (var i = 0; i < _sets.Length; i++)
        {
            Advance(i);
        }
    }

    public ISeries Current => _current ?? throw new InvalidOperationException("no series is at hand");

    public IReadOnlyList<string> Warnings => [];

    public bool MoveNext()
    {
        if (!_heads.TryDequeue(out var first, out var key))
        {
            _current = null;
            return false;
        }

        _current = Take(first, out var part);
        List<JoinedSeries.Part>? parts = null;
        while (_heads.TryPeek(out var next, out var other) && other.Labels.Equals(key.Labels))
        {
            _heads.Dequeue();
            Take(next, out var more);
            (parts ??= [part]).Add(more);
        }

        if (parts is not null)
        {
            _current = new JoinedSeries(parts);
        }

        return true;
    }

    private ISeries Take(int at, out JoinedSeries.Part part)
    {
        var (set, minTime, maxTime) = _sets[at];
        var series = set.Current;
        // Late samples of the head can have any time.
        part = new JoinedSeries.Part(series, series is HeadSeries { HasLate: true } ? long.MinValue : minTime, maxTime);
        Advance(at);
        return series;
    }

    private void Advance(int at)
    {
        if (_sets[at].Set.MoveNext())
        {
            _heads.Enqueue(at, (_sets[at].Set.Current.Labels, at));
        }
    }
}
