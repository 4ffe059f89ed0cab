using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Tsdb.Head;

/// <summary>A series as one querier sees it; its samples are looked at when they are asked for.</summary>
internal sealed class HeadSeries(MemSeries series, HeadQuerier querier) : ISeries
{
    public Labels Labels => series.Labels;

    /// <summary>Whether there may be samples at any time, late ones.</summary>
    public bool HasLate => !series.View(querier.Version).Late.IsEmpty;

    public ISampleCursor Samples(long minTime, long maxTime) => series.View(querier.Version)
        .Samples(Math.Max(minTime, querier.MinTime), Math.Min(maxTime, querier.MaxTime), querier.InOrderFrom);
}
