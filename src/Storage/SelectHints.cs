namespace Tallygate.Storage;

/// <summary>What a query will do with the samples of one selector, so that a store need not read more. Times are Unix milliseconds.</summary>
/// <param name="Start">The earliest sample wanted.</param>
/// <param name="End">The latest sample wanted.</param>
/// <param name="Step">The query's step; 0 for an instant query.</param>
/// <param name="Range">The selector's range; 0 for an instant selector.</param>
/// <param name="Function">The function or aggregation around it; empty where there is none. <c>series</c>: only labels are wanted.</param>
/// <param name="Limit">The most series wanted; 0: all.</param>
/// <param name="Progress">Told of series and values gone through, so that a long search can be ended: what it throws comes out.</param>
public sealed record SelectHints(
    long Start, long End, long Step = 0, long Range = 0, string Function = "", int Limit = 0, Action<int>? Progress = null);
