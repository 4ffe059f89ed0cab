namespace Tallygate.PromQL;

/// <summary>A query that was evaluated, as a log of queries tells it. Immutable.</summary>
/// <param name="Text">The query as it was written.</param>
/// <param name="Start">The first step, Unix milliseconds.</param>
/// <param name="End">The last step at most, Unix milliseconds.</param>
/// <param name="Step">Milliseconds between steps; 0: there is one.</param>
/// <param name="Error">Why there is no answer; null: there is one.</param>
/// <param name="Statistics">What it cost.</param>
/// <param name="Queued">How long it waited for its turn.</param>
/// <param name="Origin">Where it came from, where that is known.</param>
public sealed record LoggedQuery(
    string Text, long Start, long End, long Step, QueryError? Error, QueryStatistics Statistics, TimeSpan Queued, QueryOrigin? Origin);
