using Tallygate.Model;

namespace Tallygate.Storage.InMemory;

/// <summary>A copy of the samples of one series.</summary>
internal sealed class FrozenSeries(Labels labels, List<MemorySample> samples) : ISeries
{
    public Labels Labels => labels;

    public ISampleCursor Samples(long minTime, long maxTime) =>
        new FrozenCursor(samples.FindAll(s => s.Time >= minTime && s.Time <= maxTime));
}
