using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.Storage;

namespace Tallygate.Tests.Scrape;

/// <summary>Counts samples and keeps none: what is left to measure is the caller's own work.</summary>
internal sealed class CountingAppender : IAppender
{
    public int Count { get; private set; }

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value)
    {
        series = new SeriesRef(1);
        Count++;
        return AppendStatus.Appended;
    }

    public AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram) => AppendStatus.Appended;

    public void Commit(long sourcePosition = 0)
    {
    }

    public void Rollback()
    {
    }

    public void Dispose()
    {
    }
}
