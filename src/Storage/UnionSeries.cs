using Tallygate.Model;

namespace Tallygate.Storage;

/// <summary>Two series of the same labels as one; where both have a sample at one time, the first one's counts.</summary>
internal sealed class UnionSeries(ISeries first, ISeries second) : ISeries
{
    public Labels Labels => first.Labels;

    public ISampleCursor Samples(long minTime, long maxTime) =>
        new UnionCursor(first.Samples(minTime, maxTime), second.Samples(minTime, maxTime));
}
