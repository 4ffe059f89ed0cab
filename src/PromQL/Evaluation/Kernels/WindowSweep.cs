using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation.Kernels;

/// <summary>
/// The windows of one series over a grid: for each step the samples from <see cref="From"/> up to, not including, <see cref="To"/> of the
/// columns. Bounds never go down from one step to the next.
/// </summary>
internal readonly ref struct WindowSweep
{
    public required ReadOnlySpan<long> Times { get; init; }

    /// <summary>The floats, none of them a stale marker.</summary>
    public required ReadOnlySpan<double> Values { get; init; }

    public required ReadOnlySpan<int> From { get; init; }

    public required ReadOnlySpan<int> To { get; init; }

    public required Grid Grid { get; init; }

    public required SelectorTime Time { get; init; }

    /// <summary>The length of a window, milliseconds.</summary>
    public required long Range { get; init; }

    /// <summary>The column of the function's scalar argument; empty where it has none.</summary>
    public required ReadOnlySpan<double> Parameter { get; init; }

    /// <summary>How many samples all windows have together: what a function costs that looks at each window anew.</summary>
    public required long Visits { get; init; }

    /// <summary>The most samples that any window has.</summary>
    public required int Widest { get; init; }

    /// <summary>The samples of one window.</summary>
    public ReadOnlySpan<double> Window(int step) => Values[From[step]..To[step]];
}
