using Tallygate.PromQL.Parsing;
using Tallygate.Storage;

namespace Tallygate.Rules.Testing;

/// <summary>Puts the samples of series into a store as time goes on.</summary>
internal sealed class SampleFeed(IAppendableStorage storage, IReadOnlyList<SeriesDescription> series, long start, long interval)
{
    private readonly int[] _next = new int[series.Count];

    /// <summary>Appends what comes up to a time, inclusive, and was not appended before.</summary>
    public void AppendUntil(long time)
    {
        using var appender = storage.Appender();
        for (var i = 0; i < series.Count; i++)
        {
            var reference = default(SeriesRef);
            var values = series[i].Values;
            for (; _next[i] < values.Count && start + (_next[i] * interval) <= time; _next[i]++)
            {
                var value = values[_next[i]];
                var at = start + (_next[i] * interval);
                if (value.Histogram is { } histogram)
                {
                    appender.Append(ref reference, series[i].Labels, at, histogram.Copy());
                }
                else if (!value.Omitted)
                {
                    appender.Append(ref reference, series[i].Labels, at, value.Value);
                }
            }
        }

        appender.Commit();
    }
}
