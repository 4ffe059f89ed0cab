using Tallygate.Model;
using Tallygate.PromQL.Values;
using Tallygate.Storage;

namespace Tallygate.PromQL.Evaluation;

/// <summary>
/// What one query carries along: its view of the store, its limits, and what it has to say. All selectors read the store as it stood when
/// the query began. Not thread-safe.
/// </summary>
internal sealed class QueryRun : IDisposable
{
    private readonly IStorageSnapshot _snapshot;
    private readonly List<IQuerier> _queriers = [];

    public QueryRun(IQueryableStorage storage, SampleLimiter limiter)
    {
        _snapshot = storage.Snapshot();
        Limiter = limiter;
    }

    public SampleLimiter Limiter { get; }

    public Annotations Annotations { get; } = new();

    /// <summary>How far an instant selector looks back, milliseconds.</summary>
    public required long Lookback { get; init; }

    /// <summary>The step of a subquery that names none, milliseconds.</summary>
    public required long SubqueryStep { get; init; }

    public required bool DelayedNameRemoval { get; init; }

    /// <summary>Whether the windows of subqueries hold their left end.</summary>
    public bool HasClosedSubqueries { get; init; }

    /// <summary>Whether everything goes the simple way that the faster ones are tested against.</summary>
    public bool IsGeneric { get; init; }

    /// <summary>Whether start times of samples count.</summary>
    public bool UsesStartTimes { get; init; }

    /// <summary>Whether labels tell what kind of metric a series belongs to.</summary>
    public bool TypeAndUnitLabels { get; init; }

    /// <summary>The series of a selector with samples in the range, milliseconds, both inclusive. They are valid until the run is over.</summary>
    public List<ISeries> Select(IReadOnlyList<LabelMatcher> matchers, long minTime, long maxTime, SelectHints hints)
    {
        Limiter.Check();
        var querier = _snapshot.Querier(minTime, maxTime);
        _queriers.Add(querier);
        var series = new List<ISeries>();
        var set = querier.Select(sorted: false, hints with { Progress = Limiter.Work }, matchers);
        while (set.MoveNext())
        {
            series.Add(set.Current);
            Limiter.Work(1);
        }

        Annotations.AddStorage(set.Warnings);
        return series;
    }

    public void Dispose()
    {
        foreach (var querier in _queriers)
        {
            querier.Dispose();
        }

        _snapshot.Dispose();
    }
}
