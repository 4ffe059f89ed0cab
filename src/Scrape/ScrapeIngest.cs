using Tallygate.Exposition;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Exposition.Protobuf;
using Tallygate.Exposition.Text;
using Tallygate.Model;
using Tallygate.Model.Histograms;
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
    private readonly IExemplarAppender? _exemplars;
    private readonly long _time;

    public ScrapeIngest(
        ScrapeSettings settings, Labels target, ScrapeCache cache, FamilyMetadata metadata, IAppender appender, long time)
    {
        _settings = settings;
        _target = target;
        _cache = cache;
        _metadata = metadata;
        _appender = appender;
        _exemplars = appender.Exemplars;
        _time = time;
    }

    /// <summary>Appends all samples of the body. Where the report then has an error, the appender is to be rolled back.</summary>
    public void Run(ReadOnlySpan<byte> body, ScrapeBody format, Utf8StringPool pool, ref ScrapeReport report)
    {
        switch (format)
        {
            case ScrapeBody.OpenMetrics:
                RunOpenMetrics(body, pool, ref report);
                break;
            case ScrapeBody.Protobuf:
                RunProtobuf(body, pool, ref report);
                break;
            default:
                RunText(body, pool, ref report);
                break;
        }

        if (report.Error is null)
        {
            _metadata.Publish(_appender.Metadata);
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

    private void RunProtobuf(ReadOnlySpan<byte> body, Utf8StringPool pool, ref ScrapeReport report)
    {
        if (!MetricFamilyCodec.TryReadDelimited(body, pool, out var families, out var error))
        {
            report.Error = error.Message;
            return;
        }

        using var walk = new FamilyWalk(_settings.Definition);
        foreach (var family in families)
        {
            if (!NameValidation.IsUtf8Name(family.Name))
            {
                report.Error = $"invalid metric name: {family.Name}";
                return;
            }

            _metadata.SetHelp(family.Name, family.Help ?? "");
            _metadata.SetUnit(family.Name, family.Unit ?? "");
            _metadata.SetType(family.Name, family.Type);
            for (walk.Begin(family); report.Error is null && walk.MoveNext();)
            {
                TakeWalked(walk, ref report);
            }
        }
    }

    private void TakeWalked(FamilyWalk walk, ref ScrapeReport report)
    {
        var entry = walk.Entry;
        report.Scraped++;
        var isKnown = _cache.TryGet(entry.Series, out var series);
        if (!isKnown && !TryAdd(entry.Series, walk.MakeLabels(), ref report, out series))
        {
            return;
        }

        if (walk.Native is { } native)
        {
            Append(entry, native, series, ref report);
        }
        else
        {
            Append(entry, series, ref report);
        }

        if (series is not null && _exemplars is not null)
        {
            foreach (var exemplar in walk.Exemplars)
            {
                Take(exemplar, entry, series, ref report);
            }
        }
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
        if (TryAdd(entry.Series, exposed, ref report, out var series))
        {
            Append(entry, series, ref report);
        }
    }

    /// <summary>Makes the series of a new text; false where that ends the scrape.</summary>
    private bool TryAdd(ReadOnlySpan<byte> text, Labels exposed, ref ScrapeReport report, out ScrapedSeries? series)
    {
        series = null;
        var labels = SampleLabels.Merge(exposed, _target, _settings.Definition.HonorLabels, _settings.MetricRelabeler);
        if (labels is not null && labels.Name.Length == 0)
        {
            report.Error = "missing metric name (__name__ label)";
            return false;
        }

        series = _cache.Add(text, labels, out var isNew);
        report.SeriesAdded += isNew ? 1 : 0;
        return true;
    }

    private void Append(in ExpositionEntry entry, ScrapedSeries? series, ref ScrapeReport report)
    {
        if (series is null || !TryBegin(entry, series, ref report, out var time))
        {
            return;
        }

        var status = time > _time + MostAhead
            ? AppendStatus.OutOfBounds
            : _appender.Append(ref series.Reference, series.Labels, time, entry.Value);
        Count(status, ref report);
        if (entry.Exemplar is not null && _exemplars is not null)
        {
            Take(entry.Exemplar, entry, series, ref report);
        }
    }

    private void Append(in ExpositionEntry entry, FloatHistogram histogram, ScrapedSeries? series, ref ScrapeReport report)
    {
        if (series is null || !TryBegin(entry, series, ref report, out var time))
        {
            return;
        }

        if (histogram.Validate() is { } problem)
        {
            report.Error = problem;
            return;
        }

        var status = time > _time + MostAhead
            ? AppendStatus.OutOfBounds
            : _appender.Append(ref series.Reference, series.Labels, time, histogram);
        Count(status, ref report);
    }

    /// <summary>Counts a sample and says its time; false where the scrape has too many.</summary>
    private bool TryBegin(in ExpositionEntry entry, ScrapedSeries series, ref ScrapeReport report, out long time)
    {
        report.AfterRelabeling++;
        time = TimeOf(entry);
        if (_settings.Definition.SampleLimit > 0 && report.AfterRelabeling > _settings.Definition.SampleLimit)
        {
            report.Error = SampleLimitExceeded;
            return false;
        }

        if (entry.TimestampMs is null || !_settings.Definition.HonorTimestamps || _settings.Definition.TrackTimestampsStaleness)
        {
            _cache.Track(series);
        }

        return true;
    }

    private long TimeOf(in ExpositionEntry entry) => (_settings.Definition.HonorTimestamps ? entry.TimestampMs : null) ?? _time;

    /// <summary>Gives the store an exemplar; what it does not take concerns no sample.</summary>
    private void Take(Exemplar exemplar, in ExpositionEntry entry, ScrapedSeries series, ref ScrapeReport report)
    {
        if (_exemplars!.Append(series.Reference, series.Labels, exemplar, TimeOf(entry)) == ExemplarStatus.OutOfOrder)
        {
            report.ExemplarsOutOfOrder++;
        }
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
