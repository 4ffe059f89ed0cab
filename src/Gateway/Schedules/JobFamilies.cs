using Tallygate.Model;

namespace Tallygate.Gateway.Schedules;

/// <summary>Gathers what scrapers see of jobs. Labels say whose they are; <c>instance</c> is empty, so that no scraper puts its own there.</summary>
internal sealed class JobFamilies(GatewaySettings settings, long nowUnixNano)
{
    private readonly List<Metric> _overdue = [];
    private readonly List<Metric> _every = [];
    private readonly List<Metric> _runs = [];
    private readonly List<Metric> _ended = [];
    private readonly List<Metric> _succeeded = [];
    private readonly List<Metric> _duration = [];
    private readonly List<Metric> _success = [];

    public void Add(string job, JobState state)
    {
        var labels = Labels.Of("instance", "", "job", job);
        foreach (var outcome in Enum.GetValues<JobOutcome>())
        {
            _runs.Add(new Metric
            {
                Labels = labels.With("outcome", outcome.ToString().ToLowerInvariant()),
                Payload = MetricPayload.Counter,
                Value = state.Runs(outcome),
            });
        }

        if (state.LastEndUnixNano == 0)
        {
            return;
        }

        _ended.Add(Gauge(labels, state.LastEndUnixNano / 1e9));
        _success.Add(Gauge(labels, state.LastOutcome == JobOutcome.Finished ? 1 : 0));
        if (state.LastSuccessUnixNano != 0)
        {
            _succeeded.Add(Gauge(labels, state.LastSuccessUnixNano / 1e9));
        }

        if (state.LastDurationNano is { } duration)
        {
            _duration.Add(Gauge(labels, duration / 1e9));
        }

        if (settings.Schedules.FirstOrDefault(s => s.Fits(job)) is { } schedule)
        {
            AddSchedule(labels, "declared", schedule.Every.TotalSeconds, schedule.Grace.TotalSeconds, state.LastEndUnixNano);
        }
        else if (settings.LearnSchedules && state.Learned() is { } learned)
        {
            AddSchedule(labels, "learned", learned.EveryMs / 1e3, learned.GraceMs / 1e3, state.LastEndUnixNano);
        }
    }

    public void AddNeverRun(string job, JobSchedule schedule, long sinceUnixNano) =>
        AddSchedule(Labels.Of("instance", "", "job", job), "declared", schedule.Every.TotalSeconds, schedule.Grace.TotalSeconds, sinceUnixNano);

    /// <summary>All families that have metrics.</summary>
    public IReadOnlyList<MetricFamily> All() => [.. new[]
    {
        Family("tallygate_job_expected_interval_seconds", "How often the job should run: as declared, or as learned from its runs.", MetricType.Gauge, _every),
        Family("tallygate_job_last_run_duration_seconds", "From the first push of the job's last run to the one that ended it.", MetricType.Gauge, _duration),
        Family("tallygate_job_last_run_success", "Whether the job's last run ended well.", MetricType.Gauge, _success),
        Family("tallygate_job_last_run_timestamp_seconds", "When the job's last run ended.", MetricType.Gauge, _ended),
        Family("tallygate_job_last_success_timestamp_seconds", "When a run of the job last ended well.", MetricType.Gauge, _succeeded),
        Family("tallygate_job_overdue_seconds", "How long ago the job's next run should have ended, its grace over; 0 while there is time.", MetricType.Gauge, _overdue),
        Family("tallygate_job_runs_total", "Runs of the job that ended, over the whole push log.", MetricType.Counter, _runs),
    }.Where(static f => f.Metrics.Count > 0)];

    private void AddSchedule(Labels labels, string source, double every, double grace, long lastUnixNano)
    {
        _every.Add(Gauge(labels.With("source", source), every));
        _overdue.Add(Gauge(labels, Math.Max(0, ((nowUnixNano - lastUnixNano) / 1e9) - every - grace)));
    }

    private static Metric Gauge(Labels labels, double value) => new() { Labels = labels, Payload = MetricPayload.Gauge, Value = value };

    private static MetricFamily Family(string name, string help, MetricType type, List<Metric> metrics) =>
        new() { Name = name, Help = help, Type = type, Metrics = metrics };
}
