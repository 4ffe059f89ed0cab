using Tallygate.Model;
using Tallygate.Storage;
using Tallygate.Tsdb.Blocks;

namespace Tallygate.Tsdb;

/// <summary>One series that stands in several places. Where two have a sample at one time, that of the place that comes first counts.</summary>
internal sealed class JoinedSeries(List<JoinedSeries.Part> parts) : ISeries
{
    public Labels Labels => parts[0].Series.Labels;

    public ISampleCursor Samples(long minTime, long maxTime)
    {
        // Places that follow each other are read one after the other; one that may hold times of any of those before is united with all of them.
        ISampleCursor? before = null;
        var following = new List<ISampleCursor>(parts.Count);
        var end = long.MinValue;
        foreach (var part in parts)
        {
            if (part.MinTime > maxTime || part.MaxTime < minTime)
            {
                continue;
            }

            if (following.Count > 0 && part.MinTime <= end)
            {
                before = Join(before, following);
                following = [];
            }

            following.Add(part.Series.Samples(minTime, maxTime));
            end = Math.Max(end, part.MaxTime);
        }

        return Join(before, following);
    }

    private static ISampleCursor Join(ISampleCursor? before, List<ISampleCursor> following)
    {
        var cursor = following.Count == 1 ? following[0] : new SequenceCursor([.. following]);
        return before is null ? cursor : new UnionCursor(before, cursor);
    }

    /// <summary>A series of one place, and the times that its samples can have there.</summary>
    internal readonly record struct Part(ISeries Series, long MinTime, long MaxTime);
}
