using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PromQL.Ast;
using Tallygate.PromQL.Values;
using Tallygate.Storage;

namespace Tallygate.Rules;

/// <summary>
/// One iteration of a group: all its rules read the store as it stood when the iteration began, with the outputs of the iteration's earlier
/// rules laid over it, and all outputs become visible to others at once, by <see cref="Commit"/>. Disposed of without a commit, the
/// iteration leaves nothing behind: a stop between two rules cannot make the next iteration count a push again.
/// </summary>
internal sealed class RuleIteration : IDisposable
{
    private readonly Engine _engine;
    private readonly QueryOptions _options;
    private readonly TimeProvider _clock;
    private readonly IStorageSnapshot _snapshot;
    private readonly IAppender _appender;
    private readonly InMemoryStorage _outputs = new();
    private readonly FanoutStorage _view;
    private readonly List<(Labels Labels, RuleSample Sample)> _ofThisRule = [];

    /// <param name="options">The options of all queries.</param>
    public RuleIteration(Engine engine, QueryOptions options, IQueryableStorage source, IAppendableStorage target, TimeProvider clock, long time)
    {
        _engine = engine;
        _options = options;
        _clock = clock;
        Time = time;
        _snapshot = source.Snapshot();
        try
        {
            _appender = target.Appender();
        }
        catch
        {
            _snapshot.Dispose();
            throw;
        }

        _view = new FanoutStorage(_outputs, [_snapshot, _outputs], SeriesMerge.Union);
    }

    /// <summary>At which time the rules are evaluated and their samples stamped, Unix ms.</summary>
    public long Time { get; }

    /// <summary>How many samples were taken so far, stale markers aside.</summary>
    public int Samples { get; private set; }

    /// <summary>What the rule at hand reads.</summary>
    public IQueryableStorage View => _view;

    /// <summary>Evaluates an expression at the iteration's time over its view. A scalar is a vector of one sample without labels.</summary>
    /// <returns>Null, and the vector; or why there is none.</returns>
    public string? TryQuery(string expr, out IReadOnlyList<VectorSample> vector) => TryTake(_engine.Instant(_view, expr, Time, _options), out vector);

    /// <summary>The same for an expression that was parsed before.</summary>
    /// <param name="text">The text that was parsed.</param>
    public string? TryQuery(Expr expr, string text, out IReadOnlyList<VectorSample> vector) =>
        TryTake(_engine.Instant(_view, expr, text, Time, _options), out vector);

    /// <summary>Adds one sample of the rule at hand, at the iteration's time. The rule itself does not see it, the later rules do.</summary>
    public AppendStatus Append(ref SeriesRef series, Labels labels, in RuleSample sample)
    {
        var status = Append(_appender, ref series, labels, sample);
        if (status is AppendStatus.Appended or AppendStatus.Duplicate)
        {
            _ofThisRule.Add((labels, sample));
            Samples += StaleMarker.Is(sample.Value) ? 0 : 1;
        }

        return status;
    }

    /// <summary>Makes the outputs of the rule at hand visible to the rules after it.</summary>
    public void EndRule()
    {
        if (_ofThisRule.Count == 0)
        {
            return;
        }

        using var appender = _outputs.Appender();
        foreach (var (labels, sample) in _ofThisRule)
        {
            var fresh = default(SeriesRef);
            Append(appender, ref fresh, labels, sample);
        }

        appender.Commit();
        _ofThisRule.Clear();
    }

    /// <summary>Makes all outputs of the iteration visible to everyone.</summary>
    public void Commit() => _appender.Commit();

    /// <summary>The start of a measurement of time.</summary>
    public long Timestamp() => _clock.GetTimestamp();

    /// <summary>The time since <paramref name="started"/>.</summary>
    public TimeSpan Elapsed(long started) => _clock.GetElapsedTime(started);

    public void Dispose()
    {
        _appender.Dispose();
        _snapshot.Dispose();
    }

    private static string? TryTake(QueryResult result, out IReadOnlyList<VectorSample> vector)
    {
        vector = [];
        switch (result.Value)
        {
            case Vector v:
                vector = v.Samples;
                return null;
            case Scalar s:
                vector = [new VectorSample(Labels.Empty, s.Time, s.Value)];
                return null;
            default:
                return result.Error?.Message ?? "rule result is not a vector or scalar";
        }
    }

    private AppendStatus Append(IAppender appender, ref SeriesRef series, Labels labels, in RuleSample sample) =>
        // An appender takes the histogram over, and there are two of them.
        sample.Histogram is { } histogram
            ? appender.Append(ref series, labels, Time, histogram.Copy())
            : appender.Append(ref series, labels, Time, sample.Value);
}
