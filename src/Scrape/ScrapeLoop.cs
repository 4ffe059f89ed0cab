using Microsoft.Extensions.Logging;
using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Scrape;

/// <summary>
/// Scrapes one target: at each of its slots it fetches, and commits all samples, stale markers and the series about the scrape as one batch.
/// A scrape that fails in any way writes none of its samples. Steps come from one thread; scrapes of one target never overlap.
/// </summary>
internal sealed class ScrapeLoop : IDisposable
{
    private readonly ScrapeManager _manager;
    private readonly ScrapeSlots _slots;
    private readonly ScrapeCache _cache = new();
    private readonly ReportSeries _reports;
    private readonly FamilyMetadata _metadata = new();
    private readonly CancellationTokenSource _stopping = new();
    private volatile ScrapeSettings _settings;
    private ScrapeSettings? _settingsOfCache;
    private Task _running = Task.CompletedTask;
    private bool _wasScraped;
    private volatile bool _isStopped;
    private volatile TargetStatus _status;

    public ScrapeLoop(ScrapeManager manager, TargetPlan target, ScrapeSettings settings, long now)
    {
        _manager = manager;
        _settings = settings;
        Target = target;
        _slots = new ScrapeSlots(target, settings.Definition.Phase, manager.Options.Seed);
        _reports = new ReportSeries(target.Labels);
        Due = _slots.AtOrBefore(now - 1) + _slots.Interval;
        _status = new TargetStatus(
            target.DiscoveredLabels,
            target.Labels,
            settings.Definition.JobName,
            target.Url,
            target.Interval,
            target.Timeout,
            TargetHealth.Unknown,
            "",
            null,
            TimeSpan.Zero);
    }

    public TargetPlan Target { get; }

    /// <summary>When the next scrape is due, Unix ms.</summary>
    public long Due { get; private set; }

    /// <summary>How the target stands. Any thread may read it.</summary>
    public TargetStatus Status => _status;

    /// <summary>What the target says of its families. Any thread may read it.</summary>
    public IReadOnlyList<FamilyDescription> Metadata => _metadata.Families;

    /// <summary>The scrape at hand, or a completed task.</summary>
    public Task Running => _running;

    /// <summary>Uses other settings from the next scrape on.</summary>
    public void Reconfigure(ScrapeSettings settings) => _settings = settings;

    /// <summary>Begins a scrape, if one is due and the one before has ended; a slot that is passed over is not made up for.</summary>
    /// <returns>When the next scrape is due, Unix ms.</returns>
    public long Step(long now)
    {
        if (now >= Due)
        {
            Due = _slots.AtOrBefore(now) + _slots.Interval;
            if (_running.IsCompleted && !_isStopped)
            {
                _running = ScrapeAsync(_slots.SampleTime(now), now);
            }
        }

        return Due;
    }

    /// <summary>Breaks off the scrape at hand, of which nothing is kept, and ends once it is over.</summary>
    public async Task StopAsync()
    {
        _isStopped = true;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    /// <summary>Frees what a stopped target holds.</summary>
    public void Dispose() => _stopping.Dispose();

    /// <summary>Ends all series of a stopped target.</summary>
    /// <param name="time">Unix ms.</param>
    public void CloseSeries(long time)
    {
        if (!_wasScraped)
        {
            return;
        }

        using var appender = _manager.Target.Appender();
        foreach (var series in _cache.Last)
        {
            appender.Append(ref series.Reference, series.Labels, time, StaleMarker.Value);
        }

        _reports.Close(appender, time);
        appender.Commit();
    }

    private async Task ScrapeAsync(long time, long now)
    {
        var settings = _settings;
        var started = _manager.Clock.GetTimestamp();
        try
        {
            using var answer = await settings.Client.FetchAsync(Target.Url, Target.Timeout, _stopping.Token).ConfigureAwait(false);
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            Ingest(settings, answer, time, now, started);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The target is no longer wanted: nothing is written.
        }
        catch (IOException failure)
        {
            Log.CommitFailed(_manager.Logger, failure, Target.Url);
            Show(failure.Message, now, _manager.Clock.GetElapsedTime(started));
        }
    }

    private void Ingest(ScrapeSettings settings, ScrapeAnswer answer, long time, long now, long started)
    {
        if (!ReferenceEquals(settings, _settingsOfCache))
        {
            _cache.ForgetTexts();
            _settingsOfCache = settings;
        }

        var report = default(ScrapeReport);
        var format = ScrapeBody.Text;
        report.Error = answer.Error ?? ScrapeFormat.Problem(answer.ContentType, settings.Definition.FallbackProtocol, out format);
        var duration = _manager.Clock.GetElapsedTime(started);
        if (report.Error is null && TryCommit(settings, answer.Body, format, time, duration, ref report))
        {
            _cache.End();
        }
        else
        {
            using var appender = _manager.Target.Appender();
            _cache.Begin();
            CloseVanished(appender, time);
            _reports.Write(appender, time, report, duration);
            appender.Commit();
            _cache.EndFailed();
            Log.ScrapeFailed(_manager.Logger, Target.Url, report.Error!);
        }

        _wasScraped = true;
        _manager.Count(report);
        if (report.OutOfBounds > 0)
        {
            Log.OutOfBounds(_manager.Logger, Target.Url, report.OutOfBounds);
        }

        if (report.OutOfOrder > 0)
        {
            Log.OutOfOrder(_manager.Logger, Target.Url, report.OutOfOrder);
        }

        Show(report.Error, now, duration);
    }

    private bool TryCommit(
        ScrapeSettings settings, ReadOnlySpan<byte> body, ScrapeBody format, long time, TimeSpan duration, ref ScrapeReport report)
    {
        using var appender = _manager.Target.Appender();
        _cache.Begin();
        new ScrapeIngest(settings, Target.Labels, _cache, _metadata, appender, time).Run(body, format, _manager.Pool, ref report);
        if (report.Error is not null)
        {
            // Disposing of the appender without a commit rolls the whole scrape back.
            return false;
        }

        CloseVanished(appender, time);
        _reports.Write(appender, time, report, duration);
        appender.Commit();
        return true;
    }

    private void CloseVanished(IAppender appender, long time)
    {
        foreach (var series in _cache.Last)
        {
            if (series.TrackedIn != _cache.Scrape)
            {
                appender.Append(ref series.Reference, series.Labels, time, StaleMarker.Value);
            }
        }
    }

    private void Show(string? error, long now, TimeSpan duration) => _status = _status with
    {
        Health = error is null ? TargetHealth.Up : TargetHealth.Down,
        LastError = error ?? "",
        LastScrape = now,
        LastScrapeDuration = duration,
    };
}
