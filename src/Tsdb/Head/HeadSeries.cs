using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Tsdb.Head;

/// <summary>A series as one querier sees it; its samples are looked at when they are asked for.</summary>
internal sealed class HeadSeries(MemSeries series, HeadQuerier querier) : ISeries
{
    public Labels Labels => series.Labels;

    public ISampleCursor Samples(long minTime, long maxTime)
    {
        var view = series.View(querier.Version);
        minTime = Math.Max(minTime, querier.MinTime);
        maxTime = Math.Min(maxTime, querier.MaxTime);
        var inOrder = new HeadCursor(view, minTime, maxTime);
        return view.Late.IsEmpty ? inOrder : new UnionCursor(inOrder, new LateCursor(view.Late, view.Version, minTime, maxTime));
    }
}
