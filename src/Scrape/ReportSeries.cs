using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Scrape;

/// <summary>The series about a target's scrapes: <c>up</c> and its sisters. They are written at every scrape, a failed one too.</summary>
internal sealed class ReportSeries
{
    private readonly ScrapedSeries _up;
    private readonly ScrapedSeries _duration;
    private readonly ScrapedSeries _scraped;
    private readonly ScrapedSeries _afterRelabeling;
    private readonly ScrapedSeries _added;

    public ReportSeries(Labels target)
    {
        ScrapedSeries Named(string name) => new(target.With(Labels.MetricName, name));
        _up = Named("up");
        _duration = Named("scrape_duration_seconds");
        _scraped = Named("scrape_samples_scraped");
        _afterRelabeling = Named("scrape_samples_post_metric_relabeling");
        _added = Named("scrape_series_added");
    }

    /// <summary>Writes them for one scrape.</summary>
    public void Write(IAppender appender, long time, in ScrapeReport report, TimeSpan duration)
    {
        Write(appender, _up, time, report.Error is null ? 1 : 0);
        Write(appender, _duration, time, duration.TotalSeconds);
        Write(appender, _scraped, time, report.Scraped);
        Write(appender, _afterRelabeling, time, report.AfterRelabeling);
        Write(appender, _added, time, report.SeriesAdded);
    }

    /// <summary>Ends them.</summary>
    public void Close(IAppender appender, long time)
    {
        foreach (var series in (ReadOnlySpan<ScrapedSeries>)[_up, _duration, _scraped, _afterRelabeling, _added])
        {
            Write(appender, series, time, StaleMarker.Value);
        }
    }

    private static void Write(IAppender appender, ScrapedSeries series, long time, double value) =>
        appender.Append(ref series.Reference, series.Labels, time, value);
}
