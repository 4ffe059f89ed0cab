using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;

namespace Tallygate.Gateway.Folds;

/// <summary>
/// Series of a store, known by the store's references alone: their labels are made when the store does not know a reference, and not kept. So
/// an append to known series allocates nothing, and a series costs eight bytes here.
/// </summary>
internal abstract class StoredSeries(int count)
{
    private readonly SeriesRef[] _refs = new SeriesRef[count];

    /// <summary>How many series there are.</summary>
    public int Count => _refs.Length;

    /// <summary>The reference of a series; the default where the store has never seen it.</summary>
    public SeriesRef this[int slot] => _refs[slot];

    /// <summary>The labels of all series, in their order, as a store keeps them.</summary>
    public abstract Labels[] MakeLabels();

    /// <summary>Appends a stale marker to a series.</summary>
    public void AppendStale(IAppender appender, int slot, long time)
    {
        Labels[]? made = null;
        Append(appender, slot, time, StaleMarker.Value, ref made);
    }

    /// <param name="made">The labels, once they had to be made in a run of appends.</param>
    protected AppendStatus Append(IAppender appender, int slot, long time, double value, ref Labels[]? made)
    {
        ref var reference = ref _refs[slot];
        if (reference != default && appender.Append(ref reference, Labels.Empty, time, value) is not AppendStatus.InvalidLabels and var status)
        {
            return status;
        }

        // The store asks for the labels.
        made ??= MakeLabels();
        return appender.Append(ref reference, made[slot], time, value);
    }

    /// <inheritdoc cref="Append(IAppender, int, long, double, ref Labels[])"/>
    protected AppendStatus Append(IAppender appender, int slot, long time, FloatHistogram value, ref Labels[]? made)
    {
        ref var reference = ref _refs[slot];
        if (reference != default && appender.Append(ref reference, Labels.Empty, time, value) is not AppendStatus.InvalidLabels and var status)
        {
            return status;
        }

        made ??= MakeLabels();
        return appender.Append(ref reference, made[slot], time, value);
    }
}
