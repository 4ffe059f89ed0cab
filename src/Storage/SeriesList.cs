namespace Tallygate.Storage;

/// <summary>A series set over a list. Not thread-safe.</summary>
/// <param name="series">The series, in the order in which they are to come.</param>
/// <param name="warnings">What the caller should be told.</param>
public sealed class SeriesList(IReadOnlyList<ISeries> series, IReadOnlyList<string> warnings) : ISeriesSet
{
    private int _at = -1;

    /// <summary>A set of <paramref name="series"/> without a warning.</summary>
    public SeriesList(IReadOnlyList<ISeries> series)
        : this(series, [])
    {
    }

    /// <inheritdoc/>
    public ISeries Current => series[_at];

    /// <inheritdoc/>
    public IReadOnlyList<string> Warnings => warnings;

    /// <inheritdoc/>
    public bool MoveNext() => ++_at < series.Count;
}
