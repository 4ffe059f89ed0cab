using Tallygate.Exposition;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Exposition.Text;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Scrape;

/// <summary>Appends the samples of one answer. A series that the cache knows costs no allocation.</summary>
internal readonly ref struct ScrapeIngest
{
    /// <summary>The error of a scrape with more samples than allowed.</summary>
    public const string SampleLimitExceeded = "sample limit exceeded";

    /// <summary>How far ahead of the scrape a sample of its own time may be.</summary>
    private const long MostAhead = 10 * 60 * 1000;

    private readonly ScrapeSettings _settings;
    private readonly Labels _target;
    private readonly ScrapeCache _cache;
    private readonly FamilyMetadata _metadata;
    private readonly IAppender _appender;
    private readonly long _time;

    public ScrapeIngest(
        ScrapeSettings settings, Labels target, ScrapeCache cache, FamilyMetadata metadata, IAppender appender, long time)
    {
        _settings = settings;
        _target = target;
        _cache = cache;
        _metadata = metadata;
        _appender = appender;
        _time = time;
    }

    /// <summary>Appends all samples of the body. Where the report then has an error, the appender is to be rolled back.</summary>
    public void Run(ReadOnlySpan<byte> body, bool openMetrics, Utf8StringPool pool, ref ScrapeReport report)
    {
        if (openMetrics)
        {
            RunOpenMetrics(body, pool, ref report);
        }
        else
        {
            RunText(body, pool, ref report);
        }

        if (report.Error is null)
        {
            _metadata.Publish();
        }
    }

    // The two readers have the same shape but, as ref structs, no type in common.
    private void RunText(ReadOnlySpan<byte> body, Utf8StringPool pool, ref ScrapeReport report)
    {
        var reader = new PrometheusTextReader(body, pool);
        while (report.Error is null && reader.Read(out var entry))
        {
            if (!TryTake(entry, ref report) && reader.TryGetLabels(out var labels))
            {
                TakeNew(entry, labels, ref report);
            }
        }

        report.Error ??= reader.Failed ? reader.Error.Message : null;
    }

    private void RunOpenMetrics(ReadOnlySpan<byte> body, Utf8StringPool pool, ref ScrapeReport report)
    {
        var reader = new OpenMetricsReader(body, pool);
        while (report.Error is null && reader.Read(out var entry))
        {
            if (!TryTake(entry, ref report) && reader.TryGetLabels(out var labels))
            {
                TakeNew(entry, labels, ref report);
            }
        }

        report.Error ??= reader.Failed ? reader.Error.Message : null;
    }

    /// <summary>Takes an entry; false where it is a series whose labels have to be read first.</summary>
    private bool TryTake(in ExpositionEntry entry, ref ScrapeReport report)
    {
        switch (entry.Kind)
        {
            case ExpositionEntryKind.Series:
                report.Scraped++;
                if (!_cache.TryGet(entry.Series, out var series))
                {
                    return false;
                }

                Append(entry, series, ref report);
                return true;
            case ExpositionEntryKind.Help:
                _metadata.SetHelp(entry.Metric, entry.Text);
                return true;
            case ExpositionEntryKind.Type:
                _metadata.SetType(entry.Metric, entry.Type);
                return true;
            case ExpositionEntryKind.Unit:
                _metadata.SetUnit(entry.Metric, entry.Text);
                return true;
            default:
                return true;
        }
    }

    private void TakeNew(in ExpositionEntry entry, Labels exposed, ref ScrapeReport report)
    {
        var labels = SampleLabels.Merge(exposed, _target, _settings.Definition.HonorLabels, _settings.MetricRelabeler);
        if (labels is not null && labels.Name.Length == 0)
        {
            report.Error = "missing metric name (__name__ label)";
            return;
        }

        var series = _cache.Add(entry.Series, labels, out var isNew);
        report.SeriesAdded += isNew ? 1 : 0;
        Append(entry, series, ref report);
    }

    private void Append(in ExpositionEntry entry, ScrapedSeries? series, ref ScrapeReport report)
    {
        if (series is null)
        {
            return;
        }

        report.AfterRelabeling++;
        if (_settings.Definition.SampleLimit > 0 && report.AfterRelabeling > _settings.Definition.SampleLimit)
        {
            report.Error = SampleLimitExceeded;
            return;
        }

        var own = _settings.Definition.HonorTimestamps ? entry.TimestampMs : null;
        if (own is null || _settings.Definition.TrackTimestampsStaleness)
        {
            _cache.Track(series);
        }

        var time = own ?? _time;
        var status = time > _time + MostAhead
            ? AppendStatus.OutOfBounds
            : _appender.Append(ref series.Reference, series.Labels, time, entry.Value);
        Count(status, ref report);
    }

    private static void Count(AppendStatus status, ref ScrapeReport report)
    {
        switch (status)
        {
            case AppendStatus.OutOfOrder:
                report.OutOfOrder++;
                break;
            case AppendStatus.DuplicateTimestamp:
                report.Duplicates++;
                break;
            case AppendStatus.OutOfBounds:
                report.OutOfBounds++;
                break;
            case AppendStatus.InvalidLabels:
                report.Error = "invalid labels";
                break;
        }
    }
}
