using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Gateway.Reading;
using Tallygate.Model;
using Tallygate.PushLog;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>The push log read by filters and pages is what a look at every entry finds.</summary>
public sealed class LogReaderTests
{
    [Fact]
    public async Task Pages_in_both_orders_hold_what_a_look_at_every_entry_finds()
    {
        await using var rig = await Rig.New(new GatewayOptions { MaxBatch = 64 });
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 60).Select(n => Something(rig, random, n)));
            rig.Tick(random.NextDouble() * 100);
        }

        var log = rig.Log.Entries;
        Assert.True(log.Count > 3 * LogTimes.BlockEntries, $"{log.Count} entries");
        var first = LogFilter.MsOf(log[0].Record.ReceivedUnixNano);
        var last = LogFilter.MsOf(log[^1].Record.ReceivedUnixNano);
        for (var i = 0; i < 60; i++)
        {
            var from = random.NextInt64(first - 100_000, last + 1000);
            var filter = new LogFilter
            {
                ByStamp = i % 2 == 0,
                FromMs = i % 3 == 0 ? long.MinValue : from,
                ToMs = i % 5 == 0 ? long.MaxValue : from + random.NextInt64(0, 3_000_000),
                Verdict = i % 7 == 0 ? PushVerdict.Rejected : null,
                Selectors = i % 4 == 0 ? [[new LabelMatcher(Tallygate.Model.MatchType.Equal, "job", "j1")]] : [],
            };
            var wanted = log.Where(e => filter.Takes(e.Record)).Select(e => e.Position.Value).ToList();
            Assert.Equal(wanted, await AllAsync(rig, filter, newestFirst: false, random.Next(1, 500)));
            wanted.Reverse();
            Assert.Equal(wanted, await AllAsync(rig, filter, newestFirst: true, random.Next(1, 500)));
        }
    }

    [Fact]
    public async Task Times_outlive_a_restart_and_blocks_out_of_range_are_not_read()
    {
        await using var rig = await Rig.New();
        for (var i = 0; i < 3; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, LogTimes.BlockEntries).Select(n => rig.Put($"job=j{n}", Gauge("a", n))));
            rig.Tick(3600);
        }

        await using var again = await rig.Restart();
        var before = again.Log.Reads;
        var start = Rig.Start.ToUnixTimeMilliseconds() + 3_600_000;
        var page = await again.Gateway.History.ReadAsync(
            new LogFilter { FromMs = start, ToMs = start + 1000 }, null, newestFirst: false, 5000, TestContext.Current.CancellationToken);
        Assert.Equal((LogTimes.BlockEntries, false), (page.Entries.Count, page.HasMore));
        Assert.Equal(1, again.Log.Reads - before);
    }

    [Fact]
    public async Task Selectors_fit_metrics_their_parts_and_the_groups_of_entries_without_metrics()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=a", Gauge("x", 1, "type=t"));
        await rig.Put("job=b", Histogram("h", "", 3, (1, 1), (double.PositiveInfinity, 2)));
        await rig.Put("job=a", Family("go_goroutines", MetricType.Counter, ("", 1)));
        await rig.Delete("job=b");
        await rig.Gateway.WipeAsync();
        var expected = new Dictionary<string, long[]>
        {
            ["x"] = [1, 3, 4, 5],
            ["type=t"] = [1],
            ["job=a"] = [1, 3],
            ["h_bucket,job=b"] = [2, 4],
            ["h,job=b"] = [2, 4],
            ["h_other,job=b"] = [4],
            ["job=c"] = [],
        };
        foreach (var (selector, positions) in expected)
        {
            var matchers = selector.Split(',').Select(p => p.Split('='))
                .Select(p => new LabelMatcher(Tallygate.Model.MatchType.Equal, p.Length == 1 ? Labels.MetricName : p[0], p[^1])).ToList();
            Assert.Equal(positions, await AllAsync(rig, new LogFilter { Selectors = [matchers] }, newestFirst: false, 10));
        }
    }

    [Theory]
    [InlineData(1_999_999, 1)]
    [InlineData(-1, -1)]
    [InlineData(-1_000_000, -1)]
    [InlineData(0, 0)]
    public void Nanoseconds_lie_in_the_millisecond_before(long nano, long ms) => Assert.Equal(ms, LogFilter.MsOf(nano));

    private static Task<PushOutcome> Something(Rig rig, Random random, int n)
    {
        var group = $"job=j{random.Next(4)},n={n}";
        return random.Next(12) switch
        {
            0 => rig.Delete(group),
            1 => rig.Put(group, Family("go_goroutines", MetricType.Counter, ("", 1))),
            2 => rig.Gateway.PushAsync(Put(group, Gauge("a", n)) with
            {
                Notes = new PushNotes { PushTimeUnixNano = (rig.Time.GetUtcNow().ToUnixTimeMilliseconds() - random.NextInt64(0, 3_000_000)) * 1_000_000 },
            }),
            _ => rig.Put(group, Gauge("a", n)),
        };
    }

    private static async Task<List<long>> AllAsync(Rig rig, LogFilter filter, bool newestFirst, int limit)
    {
        var found = new List<long>();
        LogPosition? from = null;
        while (true)
        {
            var page = await rig.Gateway.History.ReadAsync(filter, from, newestFirst, limit, TestContext.Current.CancellationToken);
            Assert.True(page.Entries.Count <= limit);
            found.AddRange(page.Entries.Select(e => e.Position.Value));
            if (!page.HasMore)
            {
                return found;
            }

            from = page.At;
        }
    }
}
