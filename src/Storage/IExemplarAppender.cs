using Tallygate.Model;

namespace Tallygate.Storage;

/// <summary>
/// Port: the exemplars of a batch, which become visible with its samples. Good as long as the <see cref="IAppender"/> that gave it.
/// </summary>
public interface IExemplarAppender
{
    /// <summary>Adds an exemplar of a series that the batch, or one before it, has given a sample.</summary>
    /// <param name="series">The reference that appending the sample has set; the default where only the labels are known.</param>
    /// <param name="labels">The labels of the series; who has a reference may give <see cref="Labels.Empty"/>.</param>
    /// <param name="exemplar">Its labels may have empty values, which are left out.</param>
    /// <param name="time">Unix milliseconds: when it was seen, where <paramref name="exemplar"/> does not say when it was taken.</param>
    /// <returns>
    /// Whether it was taken, or why not, as things stand with what is committed. The commit may still leave it out for the same reasons.
    /// </returns>
    ExemplarStatus Append(SeriesRef series, Labels labels, Exemplar exemplar, long time);
}
