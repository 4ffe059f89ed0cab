using Tallygate.Gateway;
using Tallygate.Gateway.Totals;
using Tallygate.Model;
using Tallygate.Rules;
using Tallygate.Server.Configuration;
using Tallygate.Tsdb;

namespace Tallygate.Server.Telemetry;

/// <summary>The program's own metrics, as <c>/metrics</c> and the in-process sampling show them. Thread-safe.</summary>
internal sealed class SelfMetrics
{
    private readonly RequestCounters _requests;
    private readonly PushGateway _gateway;
    private readonly RuleManager _rules;
    private readonly ConfigHolder _config;
    private readonly IReadOnlyList<(string Name, Database Database)> _databases;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _started;
    private readonly string _instance;
    private readonly Func<IEnumerable<MetricFamily>> _queryLog;
    private readonly Func<ExemplarStatistics?> _exemplars;

    /// <param name="databases">Those whose work is told, under their names.</param>
    /// <param name="instance">What no other running server is called.</param>
    /// <param name="queryLog">The metrics of the query log.</param>
    /// <param name="exemplars">How many exemplars there are; null where none are kept.</param>
    public SelfMetrics(
        RequestCounters requests, PushGateway gateway, RuleManager rules, ConfigHolder config,
        IReadOnlyList<(string Name, Database Database)> databases, TimeProvider time, DateTimeOffset started, string instance,
        Func<IEnumerable<MetricFamily>> queryLog, Func<ExemplarStatistics?> exemplars)
    {
        _databases = databases;
        _exemplars = exemplars;
        _requests = requests;
        _gateway = gateway;
        _rules = rules;
        _config = config;
        _time = time;
        _started = started;
        _instance = instance;
        _queryLog = queryLog;
    }

    /// <summary>All own families, sorted by name.</summary>
    public IReadOnlyList<MetricFamily> Collect()
    {
        var families = new List<MetricFamily>();
        families.AddRange(ProcessMetrics.Collect(_started));
        families.AddRange(_requests.Collect());
        families.AddRange(Builds());
        families.AddRange(Gateway(_gateway.Stats()));
        families.Add(Families.Of("tallygate_totals_left_out_total", "Pushed values that running totals left out, over the whole push log.", MetricType.Counter,
            [.. Enum.GetValues<LeftOut>().Select(r => (Labels.Of("reason", r.ToString().ToLowerInvariant()), (double)_gateway.LeftOutOfTotals(r)))]));
        families.AddRange(Storage());
        families.AddRange(Rules());
        families.AddRange(_queryLog());
        families.AddRange(Exemplars());
        families.AddRange(_gateway.Jobs());
        families.AddRange(_gateway.Totals(_time.GetUtcNow().ToUnixTimeMilliseconds()));
        families.Sort(static (a, b) => Utf8Order.CompareOrdinal(a.Name, b.Name));
        return families;
    }

    private IEnumerable<MetricFamily> Builds()
    {
        yield return Families.Of("pushgateway_build_info",
            "A metric with a constant '1' value labeled by version, revision, branch, goversion from which pushgateway was built, and the goos and goarch for the build.",
            MetricType.Gauge, (Build(BuildInfo.PushgatewayVersion), 1));
        yield return Families.Of("prometheus_build_info",
            "A metric with a constant '1' value labeled by version, revision, branch, goversion from which prometheus was built, and the goos and goarch for the build.",
            MetricType.Gauge, (Build(BuildInfo.PrometheusVersion), 1));
        yield return Families.Of("tallygate_build_info", "The version of Tallygate.", MetricType.Gauge,
            (Labels.Of("version", BuildInfo.Version, "revision", BuildInfo.Revision, "runtime", BuildInfo.Runtime), 1));
        yield return Families.Of("tallygate_instance_info", "Which running server this is: another id after each start. Scrapes of itself are known by it.",
            MetricType.Gauge, (Labels.Of("id", _instance), 1));
        yield return Families.Gauge("prometheus_ready", "Whether Prometheus startup was fully completed and the server is ready for normal operation.", 1);
        yield return Families.Gauge("prometheus_config_last_reload_successful", "Whether the last configuration reload attempt was successful.",
            _config.LastReloadSucceeded ? 1 : 0);
        yield return Families.Gauge("prometheus_config_last_reload_success_timestamp_seconds", "Timestamp of the last successful configuration reload.",
            (_config.LoadedAt - DateTimeOffset.UnixEpoch).TotalSeconds);
    }

    private IEnumerable<MetricFamily> Exemplars()
    {
        if (_exemplars() is not { } kept)
        {
            yield break;
        }

        yield return Families.Counter("prometheus_tsdb_exemplar_exemplars_appended_total",
            "Total number of appended exemplars.", kept.Appended);
        yield return Families.Gauge("prometheus_tsdb_exemplar_exemplars_in_storage",
            "Number of exemplars currently in circular storage.", kept.Count);
        yield return Families.Gauge("prometheus_tsdb_exemplar_series_with_exemplars_in_storage",
            "Number of series with exemplars currently in circular storage.", kept.Series);
        yield return Families.Gauge("prometheus_tsdb_exemplar_last_exemplars_timestamp_seconds",
            "The timestamp of the oldest exemplar stored in circular storage.", kept.OldestTime / 1e3);
        yield return Families.Gauge("prometheus_tsdb_exemplar_max_exemplars",
            "Total number of exemplars the exemplar storage can store, resizeable.", kept.Capacity);
        yield return Families.Counter("prometheus_tsdb_exemplar_out_of_order_exemplars_total",
            "Total number of out of order exemplar ingestion failed attempts.", kept.OutOfOrder);
    }

    private IEnumerable<MetricFamily> Gateway(GatewayStats stats)
    {
        yield return Families.Gauge("tallygate_groups", "Groups that the gateway holds now.", stats.Groups);
        yield return Families.Of("tallygate_pushes_total", "Pushes booked since the start.", MetricType.Counter,
            (Labels.Of("verb", "replace"), stats.ReplacesAccepted), (Labels.Of("verb", "merge"), stats.MergesAccepted));
        yield return Families.Of("tallygate_pushes_refused_total", "Pushes refused since the start.", MetricType.Counter,
            (Labels.Of("reason", "grouping_labels"), stats.RejectedGroupingLabels),
            (Labels.Of("reason", "inconsistent"), stats.RejectedInconsistent),
            (Labels.Of("reason", "key_reused"), stats.RejectedKeyReused),
            (Labels.Of("reason", "not_durable"), stats.NotDurable),
            (Labels.Of("reason", "outside_window"), stats.RejectedOutsideWindow),
            (Labels.Of("reason", "run_ended"), stats.RejectedRunEnded),
            (Labels.Of("reason", "timestamps"), stats.RejectedTimestamps),
            (Labels.Of("reason", "too_fast"), stats.RejectedTooFast),
            (Labels.Of("reason", "too_large"), _requests.TooLarge));
        yield return Families.Counter("tallygate_pushes_replayed_total", "Pushes answered as before, because their idempotency key was known.", stats.Replayed);
        yield return Families.Counter("tallygate_pushes_late_total", "Pushes booked that brought a time of their own.", stats.Late);
        yield return Families.Gauge("tallygate_idempotency_keys", "Idempotency keys that are remembered.", stats.IdempotencyKeys);
        yield return Families.Counter("tallygate_idempotency_keys_evicted_total", "Idempotency keys forgotten before their time, because there were too many.", stats.IdempotencyKeysEvicted);
        yield return Families.Gauge("tallygate_open_runs", "Runs that have not ended.", stats.OpenRuns);
        yield return Families.Counter("tallygate_runs_abandoned_total", "Runs that ended without a word from their job.", stats.RunsAbandoned);
        yield return Families.Counter("tallygate_deletes_total", "Groups deleted since the start.", stats.Deletes);
        yield return Families.Counter("tallygate_groups_expired_total", "Groups whose values went because their time was over.", stats.Expired);
        yield return Families.Counter("tallygate_push_log_batches_total", "Appends to the push log, each with one sync for all its pushes.", stats.Batches);
        yield return Families.Counter("tallygate_push_log_failures_total", "Appends to the push log that failed.", stats.LogFailures);
        yield return Families.Gauge("tallygate_push_log_position", "The newest entry of the push log.", stats.Position);
        yield return Families.Counter("tallygate_pushed_samples_total", "Samples booked in the pushed series since the start.", stats.SamplesBooked);
        yield return Families.Gauge("tallygate_push_queue_length", "Pushes that wait for the writer.", stats.QueueLength);
    }

    private IEnumerable<MetricFamily> Storage()
    {
        var work = _databases.Select(d => (Labels: Labels.Of("database", d.Name), d.Database.Work)).ToList();
        MetricFamily Of(string name, string help, Func<DatabaseWork, double> value) =>
            Families.Of(name, help, MetricType.Counter, [.. work.Select(w => (w.Labels, value(w.Work)))]);

        yield return Of("prometheus_tsdb_compactions_total", "Total number of compactions that were executed for the partition.", static w => w.Compactions);
        yield return Of("prometheus_tsdb_compactions_failed_total", "Total number of compactions that failed for the partition.", static w => w.CompactionsFailed);
        yield return Of("prometheus_tsdb_wal_writes_failed_total", "Total number of WAL writes that failed.", static w => w.LogFailures);
        yield return Of("tallygate_head_snapshots_total", "Head snapshots written since the start.", static w => w.Snapshots);
        yield return Of("tallygate_head_snapshots_failed_total", "Head snapshots, or cuts of the write-ahead log behind them, that failed.", static w => w.SnapshotsFailed);
    }

    private IEnumerable<MetricFamily> Rules()
    {
        var groups = _rules.Groups.Select(g => g.Status).ToList();
        if (groups.Count == 0)
        {
            yield break;
        }

        MetricFamily PerGroup(string name, string help, MetricType type, Func<RuleGroupStatus, double> value) => Families.Of(name, help, type,
            [.. groups.Select(g => (Labels.Of("rule_group", $"{g.Definition.File};{g.Definition.Name}"), value(g)))]);

        yield return PerGroup("prometheus_rule_evaluations_total", "The total number of rule evaluations.", MetricType.Counter, g => g.Statistics.Evaluations);
        yield return PerGroup("prometheus_rule_evaluation_failures_total", "The total number of rule evaluation failures.", MetricType.Counter, g => g.Statistics.EvaluationFailures);
        yield return PerGroup("prometheus_rule_group_iterations_total", "The total number of scheduled rule group evaluations, whether executed or missed.", MetricType.Counter, g => g.Statistics.Iterations);
        yield return PerGroup("prometheus_rule_group_iterations_missed_total", "The total number of rule group evaluations missed due to slow rule group evaluation.", MetricType.Counter, g => g.Statistics.IterationsMissed);
        yield return PerGroup("prometheus_rule_group_interval_seconds", "The interval of a rule group.", MetricType.Gauge, g => g.Definition.Interval.TotalSeconds);
        yield return PerGroup("prometheus_rule_group_last_evaluation_timestamp_seconds", "The timestamp of the last rule group evaluation in seconds.", MetricType.Gauge, g => (g.Statistics.LastEvaluation ?? 0) / 1e3);
        yield return PerGroup("prometheus_rule_group_last_duration_seconds", "The duration of the last rule group evaluation.", MetricType.Gauge, g => g.Statistics.LastDuration.TotalSeconds);
        yield return PerGroup("prometheus_rule_group_last_rule_duration_sum_seconds", "The sum of time in seconds it took to evaluate each rule in the group regardless of concurrency. This should be higher than the group duration if rules are evaluated concurrently.", MetricType.Gauge, g => g.Statistics.LastRuleDurationSum.TotalSeconds);
        yield return PerGroup("prometheus_rule_group_last_evaluation_samples", "The number of samples returned during the last rule group evaluation.", MetricType.Gauge, g => g.Statistics.LastSamples);
        yield return PerGroup("prometheus_rule_group_rules", "The number of rules.", MetricType.Gauge, g => g.Rules.Count);
    }

    private static Labels Build(string version) => Labels.Of(
        "branch", "tallygate", "goarch", "amd64", "goos", "linux", "goversion", BuildInfo.Runtime, "revision", BuildInfo.Revision, "tags", "unknown", "version", version);
}
