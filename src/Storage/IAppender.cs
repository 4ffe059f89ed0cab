using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Storage;

/// <summary>
/// Port: one batch of samples, which readers see whole after <see cref="Commit"/> or never. Disposing of it without a commit rolls it back.
/// Not thread-safe.
/// </summary>
public interface IAppender : IDisposable
{
    /// <summary>Adds a float sample.</summary>
    /// <param name="series">
    /// The reference of an earlier append to the same series, which saves the look-up, or the default. It is set to one for the next time.
    /// A reference that the store no longer knows is looked up anew by the labels.
    /// </param>
    /// <param name="labels">
    /// The labels, the metric name among them; none of them empty. Who has a reference may give <see cref="Labels.Empty"/>: where the store
    /// needs the labels after all, the answer is <see cref="AppendStatus.InvalidLabels"/>, and the sample is given again with them.
    /// </param>
    /// <param name="time">Unix milliseconds.</param>
    /// <param name="value">The value; <see cref="StaleMarker"/> ends the series.</param>
    /// <returns>
    /// Whether it was taken, or why not, as things stand with what is committed and with this batch; a refused sample does not spoil the
    /// batch. Where another batch that is committed in between makes a taken sample out of order or a duplicate, the commit leaves it out.
    /// </returns>
    AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value);

    /// <summary>Adds a native histogram sample; the appender takes over <paramref name="histogram"/>.</summary>
    AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram);

    /// <summary>Adds a float sample with the time at which its counter began; a store without start times forgets that.</summary>
    /// <param name="start">Unix milliseconds; 0 where nobody knows.</param>
    AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value, long start) => Append(ref series, labels, time, value);

    /// <summary>Adds a native histogram sample with the time at which its counter began.</summary>
    AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram, long start) =>
        Append(ref series, labels, time, histogram);

    /// <summary>Where the batch's exemplars go; null where the store keeps none. It is asked for once a batch.</summary>
    IExemplarAppender? Exemplars => null;

    /// <summary>Where what is said of families goes; null where the store does not keep it.</summary>
    IMetadataAppender? Metadata => null;

    /// <summary>
    /// Makes the batch visible. For a store with a write-ahead log the batch is written to it before the return; the log is synced every
    /// second. The appender is spent afterwards.
    /// </summary>
    /// <exception cref="IOException">The batch cannot be written, and nothing of it is kept.</exception>
    /// <param name="sourcePosition">
    /// For a store derived from another log: the newest position whose samples this batch completes. A batch that completes none beyond those
    /// committed before is a replay, and is left out whole. 0: none.
    /// </param>
    void Commit(long sourcePosition = 0);

    /// <summary>Forgets the batch. The appender is spent afterwards.</summary>
    void Rollback();
}
