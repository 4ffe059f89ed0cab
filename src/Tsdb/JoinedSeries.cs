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
        // Cursors of places that follow each other, and unions of those that do not.
        var sequence = new List<ISampleCursor>();
        ISampleCursor? group = null;
        var end = long.MinValue;
        foreach (var part in parts)
        {
            if (part.MinTime > maxTime || part.MaxTime < minTime)
            {
                continue;
            }

            var cursor = part.Series.Samples(minTime, maxTime);
            if (group is not null && part.MinTime > end)
            {
                sequence.Add(group);
                group = cursor;
            }
            else
            {
                group = group is null ? cursor : new UnionCursor(group, cursor);
            }

            end = Math.Max(end, part.MaxTime);

            // What may come at any time overlaps all that was before.
            if (part.MinTime == long.MinValue && sequence.Count > 0)
            {
                group = new UnionCursor(new SequenceCursor([.. sequence]), group!);
                sequence.Clear();
            }
        }

        if (group is not null)
        {
            sequence.Add(group);
        }

        return sequence.Count == 1 ? sequence[0] : new SequenceCursor([.. sequence]);
    }

    /// <summary>A series of one place, and the times that its samples can have there.</summary>
    internal readonly record struct Part(ISeries Series, long MinTime, long MaxTime);
}
