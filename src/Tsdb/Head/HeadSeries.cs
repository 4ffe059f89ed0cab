using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Tsdb.Head;

/// <summary>A series as one querier sees it; its samples are looked at when they are asked for.</summary>
internal sealed class HeadSeries(MemSeries series, Labels labels, HeadQuerier querier) : ISeries
{
    public Labels Labels => labels;

    /// <summary>Whether there may be samples at any time, late ones.</summary>
    public bool HasLate => series.HasLate;

    public ISampleCursor Samples(long minTime, long maxTime) => series.View(querier.Version, Math.Min(maxTime, querier.MaxTime))
        .Samples(Math.Max(minTime, querier.MinTime), Math.Min(maxTime, querier.MaxTime), querier.InOrderFrom);
}
