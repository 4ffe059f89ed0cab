using Tallygate.Model;
using Tallygate.Model.Histograms;

namespace Tallygate.Storage.InMemory;

/// <summary>One series: its samples in ascending time. The storage's lock guards them.</summary>
internal sealed class MemorySeries(Labels labels, SeriesRef reference)
{
    public Labels Labels => labels;

    public SeriesRef Reference => reference;

    public List<MemorySample> Samples { get; } = [];

    /// <summary>The samples that a version has in the range, each histogram with what is known of it against the sample before.</summary>
    public List<MemorySample> Read(long version, long minTime, long maxTime)
    {
        var read = new List<MemorySample>();
        FloatHistogram? previous = null;
        foreach (var sample in Samples)
        {
            if (sample.Version > version)
            {
                continue;
            }

            if (sample.Time >= minTime && sample.Time <= maxTime)
            {
                var hinted = sample.Histogram?.WithHint(sample.Histogram.HintBehind(previous));
                read.Add(sample with { Histogram = hinted });
            }

            previous = sample.Histogram;
        }

        return read;
    }

    /// <summary>What becomes of a sample that is to join <paramref name="samples"/>.</summary>
    public static AppendStatus Judge(List<MemorySample> samples, long time, double value, FloatHistogram? histogram, bool allowOutOfOrder)
    {
        if (samples.Count == 0 || time > samples[^1].Time)
        {
            return AppendStatus.Appended;
        }

        if (!allowOutOfOrder && time < samples[^1].Time)
        {
            return AppendStatus.OutOfOrder;
        }

        var at = samples.FindLastIndex(s => s.Time <= time);
        if (at < 0 || samples[at].Time < time)
        {
            return AppendStatus.Appended;
        }

        return IsSame(samples[at], value, histogram) ? AppendStatus.Duplicate : AppendStatus.DuplicateTimestamp;
    }

    public static void Insert(List<MemorySample> samples, MemorySample sample) =>
        samples.Insert(samples.FindLastIndex(s => s.Time < sample.Time) + 1, sample);

    private static bool IsSame(MemorySample sample, double value, FloatHistogram? histogram) =>
        sample.Histogram is null
            ? histogram is null && BitConverter.DoubleToInt64Bits(sample.Value) == BitConverter.DoubleToInt64Bits(value)
            : histogram is not null && sample.Histogram.HasSameBits(histogram);
}
