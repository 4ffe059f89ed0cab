using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tallygate.Exposition;
using Tallygate.Exposition.Text;
using Tallygate.Gateway;
using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Ingest;
using Tallygate.Gateway.Page;
using Tallygate.Gateway.Sampling;
using Tallygate.Gateway.Totals;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Tests.Gateway;

/// <summary>
/// Budgets of the bytes that a pushed series takes, for each of those who keep something of it. Alone, because all of the process is measured.
/// </summary>
[Collection(nameof(Tsdb.MemoryBudgetTests))]
public sealed class MemoryBudgetTests(ITestOutputHelper output)
{
    private const int Groups = 2000;
    private const int SeriesPerGroup = 10;

    private readonly Utf8StringPool _strings = new();

    // What a batch job might push: five families of two series each.
    private static byte[] Body(int seed)
    {
        var text = new StringBuilder();
        foreach (var name in (string[])["records_processed", "records_failed", "bytes_read", "duration_seconds", "last_success_timestamp_seconds"])
        {
            text.Append("# HELP backup_").Append(name).Append(" What the last run did.\n# TYPE backup_").Append(name).Append(" gauge\n");
            text.Append("backup_").Append(name).Append("{stage=\"extract\"} ").Append(seed * 7).Append(".25\n");
            text.Append("backup_").Append(name).Append("{stage=\"load\"} ").Append(seed * 9).Append(".5\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    [Fact]
    public void A_pushed_series_takes_no_more_than_its_budget()
    {
        var groups = new LatestGroups();
        var settings = () => GatewaySettings.Default;
        var clock = new PushClock();
        var runs = new OpenRuns(settings);
        var history = new PushHistory(runs, new PushKeys(settings), new RunningTotals(runs), clock, new InMemoryStorage(), settings);
        var judge = new PushJudge(groups, history, checks: true);
        using var pushes = Database.InMemory(DatabaseOptions.Pushes with { Retention = null }, new FakeTimeProvider());
        using var samples = Database.InMemory(DatabaseOptions.Samples with { MaxAhead = null, Retention = null }, new FakeTimeProvider());
        var pushed = new PushSamples(pushes, pushes, runs);
        var sampler = new GatewaySampler(() => groups.View, () => [], samples, new SamplerOptions(), TimeProvider.System);
        var page = new MetricsPage(() => groups.View);
        var last = Bytes();
        var entries = new List<PushLogEntry>();
        var sum = 0.0;

        // One after the other, so that each is measured apart.
        Push(judge, groups, entries);
        Measure("group and index of series", 350);
        foreach (var entry in entries)
        {
            pushed.Apply(entry);
            pushed.Publish();
        }

        entries = [];
        Measure("pushed samples", 280);
        sampler.Step(15_000);
        sampler.Step(30_000);
        Measure("sampled view", 380);
        Scrape(page);
        Measure("page", 190);
        output.WriteLine($"in all: {sum:f0}");
        GC.KeepAlive(judge);
        GC.KeepAlive(pushed);
        GC.KeepAlive(sampler);
        GC.KeepAlive(page);

        void Measure(string what, double budget)
        {
            var now = Bytes();
            var each = (now - last) / (double)(Groups * SeriesPerGroup);
            output.WriteLine($"{what}: {each:f0} bytes for each series");
            Assert.InRange(each, 0, budget);
            (last, sum) = (now, sum + each);
        }
    }

    private static long Bytes() => GC.GetTotalMemory(forceFullCollection: true);

    private void Push(PushJudge judge, LatestGroups groups, List<PushLogEntry> entries)
    {
        for (var i = 1; i <= Groups; i++)
        {
            var key = Labels.Of("job", _strings.Get("bench"u8), "instance", $"i{i}");
            Assert.True(PushTextParser.TryParse(Body(i), PushParseOptions.Default, _strings, out var families, out _));
            var push = PushScreening.Prepare(PushVerb.Replace, key, families, null, 1_795_000_000_000_000_000 + (i * 2_000_000L));
            var batch = new PushBatch(i);
            batch.Add(PushTicket.OfPush(push), judge);
            var entry = batch.EntriesAfter(new LogPosition(i - 1))[0];
            groups.Apply(entry);
            groups.Publish();
            entries.Add(entry);
            judge.Landed(batch);
        }
    }

    private static void Scrape(MetricsPage page)
    {
        var lines = 0;
        foreach (var part in page.Text([]))
        {
            lines += part.Span.Count((byte)'\n');
        }

        Assert.InRange(lines, Groups * SeriesPerGroup, Groups * SeriesPerGroup * 2);
    }
}
