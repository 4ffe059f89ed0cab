using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Gateway.Schedules;
using Tallygate.Model;
using Tallygate.PushLog;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>How jobs run, and which runs are missing.</summary>
public sealed class JobRunsTests
{
    private const string Nightly = "{instance=\"\", job=\"nightly\"}";

    private static readonly GatewaySettings Daily = new()
    {
        Schedules =
        [
            new JobSchedule { Matchers = [Job(Tallygate.Model.MatchType.Equal, "nightly")], Every = TimeSpan.FromHours(24), Grace = TimeSpan.FromHours(1) },
            new JobSchedule { Matchers = [Job(Tallygate.Model.MatchType.Regexp, "etl-.*")], Every = TimeSpan.FromMinutes(10), Grace = TimeSpan.Zero },
        ],
    };

    [Fact]
    public async Task A_declared_job_is_overdue_when_its_grace_is_over_also_where_it_never_ran()
    {
        await using var rig = await Rig.New(new GatewayOptions { Settings = Daily });
        Assert.Equal($"{Nightly} 0", Jobs(rig, "tallygate_job_overdue_seconds"));
        rig.Tick(25 * 3600);
        Assert.Equal($"{Nightly} 0", Jobs(rig, "tallygate_job_overdue_seconds"));
        rig.Tick(90);
        Assert.Equal($"{Nightly} 90", Jobs(rig, "tallygate_job_overdue_seconds"));
        await rig.Put("job=nightly,shard=1", Gauge("a", 1));
        await rig.Put("job=etl-1", Gauge("a", 1));
        await rig.Put("job=other", Gauge("a", 1));
        rig.Tick(700);
        Assert.Equal($"{{instance=\"\", job=\"etl-1\"}} 100\n{Nightly} 0", Jobs(rig, "tallygate_job_overdue_seconds"));
        Assert.Equal(
            "{instance=\"\", job=\"etl-1\", source=\"declared\"} 600\n{instance=\"\", job=\"nightly\", source=\"declared\"} 86400",
            Jobs(rig, "tallygate_job_expected_interval_seconds"));
        await using var again = await rig.Restart();
        Assert.Equal(Jobs(rig, "tallygate_job_overdue_seconds"), Jobs(again, "tallygate_job_overdue_seconds"));
    }

    [Fact]
    public async Task How_often_a_job_runs_is_learned_from_its_runs()
    {
        await using var rig = await Rig.New();
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal("", Jobs(rig, "tallygate_job_overdue_seconds"));
            await rig.Put("job=nightly", Gauge("a", i));
            rig.Tick(i == 3 ? 900 : 600);
        }

        // Usually 600 s, once 900 s: half of the usual gap is allowed, and what there was before.
        Assert.Equal("{instance=\"\", job=\"nightly\", source=\"learned\"} 600", Jobs(rig, "tallygate_job_expected_interval_seconds"));
        rig.Tick(300);
        Assert.Equal($"{Nightly} 0", Jobs(rig, "tallygate_job_overdue_seconds"));
        rig.Tick(10);
        Assert.Equal($"{Nightly} 10", Jobs(rig, "tallygate_job_overdue_seconds"));
        rig.Gateway.Apply(new GatewaySettings { LearnSchedules = false });
        Assert.Equal("", Jobs(rig, "tallygate_job_overdue_seconds"));
    }

    [Fact]
    public async Task Runs_are_counted_by_how_they_ended_and_the_newest_says_when_and_how_long()
    {
        await using var rig = await Rig.New();
        await Run(rig, "r1", RunState.Running);
        rig.Tick(90);
        Assert.Equal("", Jobs(rig, "tallygate_job_runs_total"));
        await Run(rig, "r1", RunState.Finished);
        await Run(rig, "r2", RunState.Running);
        rig.Tick(10);
        await Run(rig, "r2", RunState.Failed);
        await rig.Put("job=nightly", Family("go_goroutines", MetricType.Counter, ("", 1)));
        Assert.Equal(
            "{instance=\"\", job=\"nightly\", outcome=\"finished\"} 1\n{instance=\"\", job=\"nightly\", outcome=\"failed\"} 1\n{instance=\"\", job=\"nightly\", outcome=\"abandoned\"} 0",
            Jobs(rig, "tallygate_job_runs_total"));
        var start = Rig.Start.ToUnixTimeSeconds();
        Assert.Equal($"{Nightly} 10", Jobs(rig, "tallygate_job_last_run_duration_seconds"));
        Assert.Equal($"{Nightly} 0", Jobs(rig, "tallygate_job_last_run_success"));
        Assert.Equal($"{Nightly} {start + 100}", Jobs(rig, "tallygate_job_last_run_timestamp_seconds"));
        Assert.Equal($"{Nightly} {start + 90}", Jobs(rig, "tallygate_job_last_success_timestamp_seconds"));

        // A run that is given up tells nothing of its job's last run; a late push is no news.
        await Run(rig, "r3", RunState.Running);
        await rig.Delete("job=nightly");
        await rig.Gateway.PushAsync(Put("job=nightly", Gauge("a", 1)) with { Notes = new PushNotes { PushTimeUnixNano = (start - 500) * 1_000_000_000 } });
        Assert.Equal($"{Nightly} {start + 100}", Jobs(rig, "tallygate_job_last_run_timestamp_seconds"));
        Assert.EndsWith("outcome=\"finished\"} 2\n{instance=\"\", job=\"nightly\", outcome=\"failed\"} 1\n{instance=\"\", job=\"nightly\", outcome=\"abandoned\"} 1", Jobs(rig, "tallygate_job_runs_total"), StringComparison.Ordinal);
        await using var again = await rig.Restart();
        Assert.Equal(Jobs(rig, "tallygate_job_runs_total"), Jobs(again, "tallygate_job_runs_total"));
    }

    [Fact]
    public async Task Jobs_that_were_quiet_longest_are_forgotten_where_there_are_too_many()
    {
        await using var rig = await Rig.New();
        for (var i = 0; i < JobRuns.MaxJobs + 5; i++)
        {
            await rig.Put($"job=j{i:D5}", Gauge("a", 1));
            rig.Tick(0.001);
        }

        var lines = Jobs(rig, "tallygate_job_last_run_success").Split('\n');
        Assert.Equal((JobRuns.MaxJobs, "{instance=\"\", job=\"j00005\"} 1"), (lines.Length, lines[0]));
    }

    private static Task<PushOutcome> Run(Rig rig, string id, RunState state) =>
        rig.Gateway.PushAsync(Put("job=nightly", Gauge("a", 1)) with { Notes = new PushNotes { RunId = id, State = state } });

    private static LabelMatcher Job(Tallygate.Model.MatchType type, string value) => new(type, "job", value);

    private static string Jobs(Rig rig, string family) => string.Join(
        '\n',
        rig.Gateway.Jobs().Where(f => f.Name == family).SelectMany(f => f.Metrics).Select(m => $"{m.Labels} {(decimal)m.Value}"));
}
