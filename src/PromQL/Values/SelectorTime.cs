namespace Tallygate.PromQL.Values;

/// <summary>Which stored time a selector or subquery looks at, for a step of the grid.</summary>
/// <param name="At">The fixed time of <c>@</c>, Unix milliseconds.</param>
/// <param name="Offset">How far back from there, milliseconds; negative for later.</param>
internal readonly record struct SelectorTime(long? At, long Offset)
{
    public long Of(long step) => (At ?? step) - Offset;

    /// <summary>The earliest time looked at.</summary>
    public long First(in Grid grid) => Of(grid.Start);

    /// <summary>The latest time looked at.</summary>
    public long Last(in Grid grid) => Of(grid.Last);
}
