using Tallygate.Gateway;
using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Ingest;
using Tallygate.Gateway.Sampling;
using Tallygate.Gateway.Totals;
using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PushLog;
using Tallygate.Storage;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>Allocation budgets of the paths that every push and every sample takes. Bytes are the same on every machine.</summary>
public sealed class AllocationTests
{
    private const int Rounds = 200;

    [Fact]
    public void A_pushed_sample_of_a_known_series_allocates_nothing()
    {
        var fold = new PushSamples(new NullStorage(), new InMemoryStorage(), new OpenRuns(() => GatewaySettings.Default));
        var family = Family("a", MetricType.Gauge, [.. Enumerable.Range(0, 100).Select(i => ($"job=j,x={i}", (double)i))]);
        var entries = Enumerable.Range(1, Rounds + 1).Select(i => new PushLogEntry(new LogPosition(i), Record([family], i))).ToArray();
        fold.Apply(entries[0]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var entry in entries.AsSpan(1))
        {
            fold.Apply(entry);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_sample_of_an_unchanged_group_allocates_nothing_per_series()
    {
        var groups = new LatestGroups();
        for (var i = 1; i <= 500; i++)
        {
            var record = Record([Gauge("a", 1, $"job=j,x={i}")], i, $"job=j,x={i}");
            groups.Apply(new PushLogEntry(new LogPosition(i), record));
        }

        groups.Publish();
        var sampler = new GatewaySampler(() => groups.View, () => [], new NullStorage(), new SamplerOptions(), TimeProvider.System);
        sampler.Step(15_000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        sampler.Step(30_000);
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(1500, sampler.Last!.Value.Samples);
        Assert.True(bytes < 4_000, $"{bytes} bytes");
    }

    [Fact]
    public void A_push_of_ten_known_series_stays_within_its_budget()
    {
        var groups = new LatestGroups();
        var fold = new PushSamples(new NullStorage(), new InMemoryStorage(), new OpenRuns(() => GatewaySettings.Default));
        var judge = NewJudge(groups);
        var requests = Enumerable.Range(0, Rounds + 1).Select(i =>
            Enumerable.Range(0, 10).Select(f => Gauge($"records_processed_{f}", i, "stage=load")).ToArray()).ToArray();
        var key = Read("job=nightly");
        var bytes = 0L;
        for (var i = 0; i < requests.Length; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var push = PushScreening.Prepare(PushVerb.Replace, key, requests[i], groups.View.Find(key), (i + 1) * 2_000_000L);
            var batch = new PushBatch(i + 1);
            batch.Add(PushTicket.OfPush(push), judge);
            Assert.Single(batch.Records);
            var entry = batch.EntriesAfter(new LogPosition(i))[0];
            groups.Apply(entry);
            groups.Publish();
            fold.Apply(entry);
            fold.Publish();
            judge.Landed(batch);
            bytes += i == 0 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // Ten families of one metric each, the record, the group twice (judged and published), the views: all live until the next push.
        Assert.True(bytes / Rounds < 6_500, $"{bytes / Rounds} bytes per push");
    }

    private static PushJudge NewJudge(LatestGroups groups)
    {
        var clock = new PushClock();
        var settings = () => GatewaySettings.Default;
        var runs = new OpenRuns(settings);
        return new PushJudge(groups, new PushHistory(runs, new PushKeys(settings), new RunningTotals(runs), clock, new InMemoryStorage(), settings), checks: true);
    }

    private static PushRecord Record(MetricFamily[] families, long time, string key = "job=j") => new()
    {
        Verb = PushVerb.Replace,
        Verdict = PushVerdict.Accepted,
        ReceivedUnixNano = time * 1_000_000,
        Stamp = time,
        GroupingKey = Read(key),
        Families = families,
    };

    /// <summary>A store that takes everything and keeps nothing.</summary>
    private sealed class NullStorage : IAppendableStorage, IAppender
    {
        private ulong _last;

        public long DurableSourcePosition => 0;

        public IAppender Appender() => this;

        public AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value) => Take(ref series);

        public AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram) => Take(ref series);

        public void Commit(long sourcePosition = 0)
        {
        }

        public void Rollback()
        {
        }

        public void Dispose()
        {
        }

        private AppendStatus Take(ref SeriesRef series)
        {
            series = series == default ? new SeriesRef(++_last) : series;
            return AppendStatus.Appended;
        }
    }
}
