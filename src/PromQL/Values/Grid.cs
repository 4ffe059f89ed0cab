namespace Tallygate.PromQL.Values;

/// <summary>The times at which an expression is evaluated: start, start + step, … not after the end. Milliseconds.</summary>
/// <param name="Start">The first step.</param>
/// <param name="End">The bound of the last step, inclusive; before <paramref name="Start"/> where there is no step at all.</param>
/// <param name="Step">The distance, positive; of no meaning where there is one step only.</param>
internal readonly record struct Grid(long Start, long End, long Step)
{
    /// <summary>The number of steps.</summary>
    public int Count => End < Start ? 0 : (int)((End - Start) / Step) + 1;

    /// <summary>Whether there is one step by intention, so that the order of a vector means something.</summary>
    public bool IsInstant => Start == End;

    /// <summary>The last step.</summary>
    public long Last => At(Count - 1);

    /// <summary>The time of a step.</summary>
    public long At(int step) => Start + (step * Step);

    /// <summary>A grid of one step.</summary>
    public static Grid Instant(long time) => new(time, time, 1);
}
