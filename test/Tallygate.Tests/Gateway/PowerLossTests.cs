using Microsoft.Extensions.Logging.Abstractions;
using Tallygate.Gateway;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.PushLog.Embedded;
using Tallygate.Storage;
using Tallygate.Testing;
using Tallygate.Wal.Simulation;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Gateway;

/// <summary>
/// Pushes from many connections, the process dies in the middle of some write, the power fails and takes what was not synced: every
/// acknowledged push is counted exactly once, an unanswered one at most once, and each group shows its last. Half of the connections push two
/// groups in one commit: both parts are counted, or none.
/// </summary>
public sealed class PowerLossTests(ITestOutputHelper output)
{
    private const int Connections = 8;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Acknowledged_pushes_survive_and_count_once(bool powerFails)
    {
        var rounds = Soak.Rounds(full: 200, reduced: 40);
        output.WriteLine($"{rounds} rounds, seed {Soak.Seed}");
        var random = new Random(Soak.Seed);
        var files = new SimulatedFileSystem(Soak.Seed);
        var acknowledged = Sets();
        var unanswered = Sets();
        var next = new long[Connections];
        for (var round = 0; round < rounds; round++)
        {
            await LiveAsync(files, random.Next(3, 120), acknowledged, unanswered, next);
            if (powerFails)
            {
                files.PowerLoss();
            }
            else
            {
                files.Restart();
            }

            await VerifyAsync(files, round, acknowledged, unanswered);
            files.Restart();
        }

        output.WriteLine($"{acknowledged.Sum(a => a.Count)} acknowledged, {unanswered.Sum(u => u.Count)} unanswered");
        Assert.True(acknowledged.Sum(a => a.Count) > rounds);
    }

    private static HashSet<long>[] Sets() => [.. Enumerable.Range(0, Connections).Select(_ => new HashSet<long>())];

    private static async Task<(PushGateway Gateway, EmbeddedPushLog Log, InMemoryStorage Pushes)> OpenAsync(SimulatedFileSystem files)
    {
        var log = EmbeddedPushLog.Open("/log", new EmbeddedPushLogOptions { SegmentBytes = 64 << 10 }, files: files);
        var pushes = new InMemoryStorage(allowOutOfOrder: true);
        var gateway = new PushGateway(log, pushes, pushes, pushes, new GatewayOptions(), TimeProvider.System, NullLogger<PushGateway>.Instance);
        await gateway.StartAsync();
        return (gateway, log, pushes);
    }

    private static async Task LiveAsync(SimulatedFileSystem files, int operations, HashSet<long>[] acknowledged, HashSet<long>[] unanswered, long[] next)
    {
        var (gateway, log, _) = await OpenAsync(files);
        files.DiesAt = files.Operations + operations;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(group => Task.Run(async () =>
        {
            while (true)
            {
                var value = ++next[group];
                var status = 0;
                try
                {
                    status = group % 2 == 0
                        ? (await gateway.PushAsync(Push(group, value))).Status
                        : (await gateway.PushAsync([Push(group, value), Push(group + Connections, value)])).Whole.Status;
                }
                catch (Exception)
                {
                    // The process is dead: nobody was answered.
                }

                switch (status)
                {
                    case 200:
                        acknowledged[group].Add(value);
                        break;
                    case 429:
                        // Nothing is booked; the group has used up its milliseconds for now.
                        await Task.Delay(2);
                        break;
                    default:
                        unanswered[group].Add(value);
                        return;
                }
            }
        })));
        await gateway.StopAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            await log.DisposeAsync();
        }
        catch (SimulatedCrashException)
        {
            // A dead process seals nothing.
        }
    }

    private static PushRequest Push(int group, long value) => new(
        PushVerb.Replace,
        Labels.Of("job", "crash", "group", group.ToString()),
        [new MetricFamily { Name = "work", Metrics = [new Metric { Labels = Labels.Empty, Payload = MetricPayload.Untyped, Value = value }] }]);

    private static async Task VerifyAsync(SimulatedFileSystem files, int round, HashSet<long>[] acknowledged, HashSet<long>[] unanswered)
    {
        var (gateway, log, pushes) = await OpenAsync(files);
        for (var group = 0; group < Connections; group++)
        {
            var counts = Counts(pushes, group);
            foreach (var value in acknowledged[group])
            {
                Assert.True(counts.GetValueOrDefault(value) == 1, $"round {round}: group {group}: push {value} was acknowledged and is counted {counts.GetValueOrDefault(value)} times");
            }

            foreach (var (value, count) in counts)
            {
                Assert.True(acknowledged[group].Contains(value) || (count == 1 && unanswered[group].Contains(value)), $"round {round}: group {group}: {value} is counted {count} times");
            }

            if (group % 2 == 1)
            {
                // Both came in one commit: there is no crash that keeps one of them.
                Assert.Equal(counts.OrderBy(c => c.Key), Counts(pushes, group + Connections).OrderBy(c => c.Key));
            }

            if (counts.Count > 0)
            {
                var shown = gateway.Groups.Find(Labels.Of("job", "crash", "group", group.ToString()))!.Find("work")!.Family.Metrics[0].Value;
                Assert.Equal(counts.Keys.Max(), shown);
            }
        }

        await gateway.StopAsync();
        await log.DisposeAsync();
    }

    private static Dictionary<long, int> Counts(InMemoryStorage pushes, int group)
    {
        var counts = new Dictionary<long, int>();
        using var querier = pushes.Querier(0, long.MaxValue);
        var set = querier.Select(
            sorted: false, null, [new LabelMatcher(MatchType.Equal, Labels.MetricName, "work:pushed"), new LabelMatcher(MatchType.Equal, "group", group.ToString())]);
        var times = new long[256];
        var values = new double[256];
        while (set.MoveNext())
        {
            var cursor = set.Current.Samples(0, long.MaxValue);
            for (var read = cursor.Read(times, values); read > 0; read = cursor.Read(times, values))
            {
                foreach (var value in values.AsSpan(0, read))
                {
                    counts[(long)value] = counts.GetValueOrDefault((long)value) + 1;
                }
            }
        }

        return counts;
    }
}
