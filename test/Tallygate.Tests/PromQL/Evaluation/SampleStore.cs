using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using Tallygate.Storage;

namespace Tallygate.Tests.PromQL.Evaluation;

/// <summary>Stores for tests, written in the notation of scripts.</summary>
internal static class SampleStore
{
    /// <summary>A store with the series, one sample for each interval from the epoch on.</summary>
    public static InMemoryStorage Of(long interval, params string[] lines)
    {
        var storage = new InMemoryStorage();
        using var appender = storage.Appender();
        foreach (var line in lines)
        {
            var series = Parser.ParseSeriesDescription(line);
            var reference = default(SeriesRef);
            for (var i = 0; i < series.Values.Count; i++)
            {
                if (series.Values[i] is { Omitted: false } value)
                {
                    _ = value.Histogram is { } histogram
                        ? appender.Append(ref reference, series.Labels, i * interval, histogram.Copy())
                        : appender.Append(ref reference, series.Labels, i * interval, value.Value);
                }
            }
        }

        appender.Commit();
        return storage;
    }

    /// <summary>A store with one series of values, one for each second.</summary>
    public static InMemoryStorage OfValues(string name, ReadOnlySpan<double> values)
    {
        var storage = new InMemoryStorage();
        using var appender = storage.Appender();
        var reference = default(SeriesRef);
        for (var i = 0; i < values.Length; i++)
        {
            appender.Append(ref reference, Labels.Of(Labels.MetricName, name), (i + 1) * 1000L, values[i]);
        }

        appender.Commit();
        return storage;
    }
}
