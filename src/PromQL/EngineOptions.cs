namespace Tallygate.PromQL;

/// <summary>The settings of an <see cref="Engine"/>; the defaults are those of Prometheus 3.</summary>
public sealed record EngineOptions
{
    /// <summary>How far an instant selector looks back for a sample (<c>--query.lookback-delta</c>).</summary>
    public TimeSpan LookbackDelta { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How many samples a query may hold at a time (<c>--query.max-samples</c>).</summary>
    public int MaxSamples { get; init; } = 50_000_000;

    /// <summary>How long a query may take (<c>--query.timeout</c>).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The step of a subquery that names none: Prometheus takes the global evaluation interval.</summary>
    public TimeSpan DefaultSubqueryStep { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Feature <c>promql-experimental-functions</c>.</summary>
    public bool ExperimentalFunctions { get; init; }

    /// <summary>Feature <c>promql-delayed-name-removal</c>: the metric name goes at the end of the evaluation, not at each step of it.</summary>
    public bool DelayedNameRemoval { get; init; }

    /// <summary>Feature <c>promql-extended-range-selectors</c>: <c>anchored</c> and <c>smoothed</c>.</summary>
    public bool ExtendedRangeSelectors { get; init; }

    /// <summary>Feature <c>promql-binop-fill-modifiers</c>: <c>fill</c>, <c>fill_left</c>, <c>fill_right</c>.</summary>
    public bool FillModifiers { get; init; }

    /// <summary>
    /// Whether the windows of subqueries hold their left end, as those of Prometheus 2 did: for tests beside one, whose steps lie on that end.
    /// </summary>
    internal bool HasClosedSubqueries { get; init; }

    /// <summary>Whether queries are evaluated the simple way only, which is what tests hold the faster ones against.</summary>
    internal bool IsGeneric { get; init; }

    /// <summary>Feature <c>use-start-timestamps</c>: rates and resets of counters, and <c>start_timestamp</c>, go by start times of samples.</summary>
    public bool StartTimestamps { get; init; }

    /// <summary>Feature <c>type-and-unit-labels</c>: whether something is a counter is told by the label <c>__type__</c>, not by its name.</summary>
    public bool TypeAndUnitLabels { get; init; }
}
