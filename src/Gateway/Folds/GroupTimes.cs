using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Gateway.Folds;

/// <summary>The two stored series that say when a group was pushed and when a push of it failed.</summary>
/// <param name="key">The group's labels.</param>
/// <param name="names">How the series are called.</param>
internal sealed class GroupTimes(Labels key, SlotNames names) : StoredSeries(2)
{
    /// <summary>Appends when it was pushed, in Unix seconds.</summary>
    public AppendStatus AppendPush(IAppender appender, long time, double seconds) => Append(appender, 0, time, seconds);

    /// <summary>Appends when a push failed, in Unix seconds.</summary>
    public AppendStatus AppendFailure(IAppender appender, long time, double seconds) => Append(appender, 1, time, seconds);

    /// <inheritdoc/>
    public override Labels[] MakeLabels()
    {
        var stored = key.WithoutEmpty();
        return
        [
            stored.With(Labels.MetricName, MetricGroup.PushTimeName + names.Suffix),
            stored.With(Labels.MetricName, MetricGroup.PushFailureTimeName + names.Suffix),
        ];
    }

    private AppendStatus Append(IAppender appender, int slot, long time, double seconds)
    {
        Labels[]? made = null;
        return Append(appender, slot, time, seconds, ref made);
    }
}
