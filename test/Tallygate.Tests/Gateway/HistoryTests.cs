using CsCheck;
using Tallygate.Gateway;
using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Testing;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>Random histories against the slow oracle: verdicts, groups, pushed sums, restarts, failed appends.</summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private static readonly Gen<MetricFamily> GenFamily = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 2], Gen.Int[0, 100], Gen.Int[0, 3], Make);

    private static readonly Gen<Op> GenOp = Gen.Select(
        Gen.Int[0, 24], Gen.Int[0, 4], GenFamily.Array[0, 3], Gen.Int[0, 18], Gen.Int[0, 2], Gen.Enum<RunState>(), Gen.Int[-1, 40],
        (kind, group, families, notes, name, state, late) => new Op(kind, group, families, notes, name, state, late));

    [Fact]
    public void Verdicts_groups_and_pushed_sums_are_those_of_the_oracle() =>
        GenOp.Array[1, 60].Sample(
            history => Run(history).GetAwaiter().GetResult(), output.WriteLine, iter: Soak.Rounds(full: 20_000, reduced: 400));

    private static async Task Run(Op[] history)
    {
        var oracle = new SlowGateway();
        var rig = await Rig.New(new GatewayOptions { MaxBatch = 4 });
        foreach (var op in history)
        {
            var (kind, group, given) = (op.Kind, op.Group, op.Families);
            var families = given.DistinctBy(f => f.Name).ToArray();
            var key = Group(group);
            switch (kind)
            {
                case 0:
                    Assert.Equal(202, (await rig.Gateway.DeleteAsync(key)).Status);
                    oracle.Delete(key);
                    break;
                case 1:
                    Assert.Equal(202, (await rig.Gateway.WipeAsync()).Status);
                    oracle.Wipe();
                    break;
                case 2:
                    rig.Tick(0.0004);
                    break;
                case 3:
                    rig = await Restarted(rig);
                    break;
                case 4:
                    rig.Log.Failures = 1;
                    if ((await rig.Gateway.PushAsync(new PushRequest(PushVerb.Replace, key, families))).Status != 503)
                    {
                        // Refused, and suppressed in the log: there was nothing to append.
                        rig.Log.Failures = 0;
                    }

                    break;
                case 20 or 21:
                    rig.Tick(1.1);
                    var now = rig.Time.GetUtcNow().ToUnixTimeMilliseconds();
                    rig.Gateway.Step(now);
                    await rig.Gateway.DeleteAsync(Read("job=nobody"));
                    oracle.Expire(now);
                    break;
                case > 21:
                    oracle = await Batch(rig, oracle, op);
                    break;
                default:
                    await Push(rig, oracle, kind % 2 == 0 ? PushVerb.Replace : PushVerb.Merge, key, families, Notes(op, rig));
                    break;
            }
        }

        Assert.Equal(oracle.Series(), Series(rig.Gateway.Groups));
        Assert.Equal(oracle.Ledger, Ledger(rig));
        rig = await Restarted(rig);
        Assert.Equal(oracle.Ledger, Ledger(rig));
        await rig.DisposeAsync();
    }

    /// <summary>A part for each family, to one group after the other; the oracle takes them one by one, and forgets all if one is refused.</summary>
    private static async Task<SlowGateway> Batch(Rig rig, SlowGateway oracle, Op op)
    {
        var before = rig.Lines();
        var would = oracle.Clone();
        var requests = new List<PushRequest>();
        var (status, refused) = (200, -1);
        for (var i = 0; i < op.Families.Length; i++)
        {
            var key = Group((op.Group + (i / 2)) % 5);
            var verb = (PushVerb)(1 + ((op.Kind + op.Name + i) % 3));
            if (verb == PushVerb.Delete)
            {
                requests.Add(new PushRequest(verb, key, []));
                would.Delete(key);
                continue;
            }

            var notes = Notes(op, rig);
            requests.Add(new PushRequest(verb, key, [op.Families[i]]) { Notes = notes });
            if (refused < 0 && would.Push(verb, key, [op.Families[i]], notes, Nano(rig), out _) is var answer and not 200)
            {
                (status, refused) = (answer, i);
            }
        }

        var outcome = await rig.Gateway.PushAsync(requests);
        Assert.Equal((status, refused), (outcome.Whole.Status, outcome.Refused));
        if (refused < 0)
        {
            return would;
        }

        Assert.Equal(before, rig.Lines());
        return oracle;
    }

    private static async Task Push(Rig rig, SlowGateway oracle, PushVerb verb, Labels key, MetricFamily[] families, PushNotes? notes)
    {
        var before = rig.Lines();
        var outcome = await rig.Gateway.PushAsync(new PushRequest(verb, key, families) { Notes = notes });
        var status = oracle.Push(verb, key, families, notes, Nano(rig), out var replayed);
        Assert.Equal((status, replayed), (outcome.Status, outcome.Replayed));
        if (status != 200 || replayed)
        {
            Assert.Equal(before, rig.Lines());
        }
    }

    /// <summary>Most pushes say nothing; some have a key, belong to a run, or come late, in one of few milliseconds.</summary>
    private static PushNotes? Notes(Op op, Rig rig) => op.Notes switch
    {
        1 or 2 => new PushNotes { IdempotencyKey = $"k{op.Name}" },
        3 or 4 or 5 => new PushNotes { RunId = $"r{op.Name}", State = op.State },
        6 => new PushNotes { RunId = $"r{op.Name}", State = op.State, IdempotencyKey = $"k{op.Name}" },
        7 or 8 => new PushNotes { PushTimeUnixNano = Nano(rig) - (op.Late * 250_000L) },
        9 => new PushNotes { PushTimeUnixNano = Nano(rig) - (op.Late * 86_400_000_000_000L / 5), RunId = $"r{op.Name}", State = op.State },
        10 => new PushNotes { PushTimeUnixNano = Nano(rig) + (op.Late * 20_000_000_000L), IdempotencyKey = $"k{op.Name}" },
        16 => new PushNotes { TimeToLive = TimeSpan.FromMilliseconds(Math.Max(0, op.Late) * 50) },
        17 => new PushNotes { BySeries = true },
        18 => new PushNotes { BySeries = true, RunId = $"r{op.Name}", State = op.State, TimeToLive = TimeSpan.FromMilliseconds(op.Name * 400) },
        _ => null,
    };

    private static long Nano(Rig rig) => (rig.Time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) * 100;

    /// <summary>Restarts, and holds what the replay made against what was there live.</summary>
    private static async Task<Rig> Restarted(Rig rig)
    {
        var again = await rig.Restart();
        Assert.Equal(rig.Metrics, again.Metrics);
        Assert.Equal(Samples(rig.Pushes), Samples(again.Pushes));
        return again;
    }

    private static SortedDictionary<string, (int Count, double Sum)> Ledger(Rig rig)
    {
        var ledger = new SortedDictionary<string, (int Count, double Sum)>(StringComparer.Ordinal);
        foreach (var (labels, _, value) in Read(rig.Pushes, "[ahs].*:pushed"))
        {
            ledger.TryGetValue(labels.ToString(), out var booked);
            ledger[labels.ToString()] = (booked.Count + 1, booked.Sum + value);
        }

        return ledger;
    }

    private static List<string> Series(GroupsView view) =>
    [
        .. view.All().SelectMany(g => g.Families).SelectMany(f => f.Family.Metrics.Select(m =>
                $"{f.Family.Name}{m.Labels} {m.Value + (m.Histogram?.SampleSum ?? 0) + (m.Summary?.SampleSum ?? 0)}"))
            .Order(StringComparer.Ordinal),
    ];

    private static Labels Group(int group) => Read(group switch
    {
        0 => "job=j",
        1 => "job=j,x=1",
        2 => "job=k",
        3 => "job=j,instance=i",
        _ => "job=j,x=2",
    });

    private static MetricFamily Make(int name, int series, int value, int more)
    {
        var labels = series == 0 ? "" : $"x={series}";
        var type = more == 0 ? MetricType.Counter : MetricType.Gauge;
        return name switch
        {
            0 => Histogram("h", labels, value, (1, (ulong)value), (double.PositiveInfinity, (ulong)value + 1)),
            1 => Summary("s", labels, value, 3),
            2 => Gauge("h_bucket", value, labels),
            3 => Gauge("s_count", value, labels),
            4 when more == 3 => Family("a", type, (labels, value), (labels, value)),
            _ => Family(name == 5 ? "a" : "ab", type, [.. Enumerable.Range(0, more + 1).Select(i => ($"{labels},y={i}", (double)(value + i)))]),
        };
    }

    private sealed record Op(int Kind, int Group, MetricFamily[] Families, int Notes, int Name, RunState State, int Late);
}
