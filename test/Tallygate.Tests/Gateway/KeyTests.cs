using Tallygate.Gateway;
using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>Idempotency keys: a retried push is answered as the first time and books nothing.</summary>
public sealed class KeyTests
{
    [Theory]
    [InlineData("", "930255C71472F66DE6A825BA047F81A3")]
    [InlineData("00", "45FC229B1159763444AF996BD8C187DA")]
    [InlineData("000102030405060708090A0B0C0D0E", "D9C3CF970FEC087E11A8B03399E99354")]
    public void The_hash_is_SipHash_of_128_bits(string input, string expected) => Assert.Equal(
        UInt128.Parse(expected, System.Globalization.NumberStyles.HexNumber),
        SipHash.Of(Convert.FromHexString(input), 0x0706050403020100, 0x0F0E0D0C0B0A0908));

    [Fact]
    public async Task A_key_seen_before_is_answered_as_the_first_time_and_books_nothing()
    {
        await using var rig = await Rig.New();
        Assert.Equal(new PushOutcome(200), await Push(rig, "k", 1));
        rig.Tick();
        var lines = rig.Metrics;
        Assert.Equal(new PushOutcome(200) { Replayed = true }, await Push(rig, "k", 1));
        Assert.Equal(lines, rig.Metrics);
        Assert.Single(Samples(rig.Pushes, "a:pushed"));
        Assert.Single(rig.Log.Entries);

        // A second key, another group, and no key at all are pushes of their own.
        Assert.False((await Push(rig, "other", 1)).Replayed);
        Assert.False((await Push(rig, "k", 1, "job=b")).Replayed);
        Assert.False((await rig.Put("job=j", Gauge("a", 1))).Replayed);
        Assert.Equal((1, 3), ((int)rig.Gateway.Stats().Replayed, rig.Gateway.Stats().IdempotencyKeys));
    }

    [Fact]
    public async Task A_key_outlives_deletion_wipe_and_restart()
    {
        await using var rig = await Rig.New();
        await Push(rig, "k", 1);
        await rig.Delete("job=j");
        Assert.True((await Push(rig, "k", 1)).Replayed);
        await rig.Gateway.WipeAsync();
        Assert.True((await Push(rig, "k", 1)).Replayed);
        await using var again = await rig.Restart();
        Assert.True((await Push(again, "k", 1)).Replayed);
        Assert.Empty(again.Lines());
        Assert.Single(Samples(again.Pushes, "a:pushed"));
    }

    [Fact]
    public async Task The_same_key_with_another_push_is_422()
    {
        await using var rig = await Rig.New();
        await Push(rig, "k", 1);
        var outcome = await Push(rig, "k", 2);
        Assert.Equal((422, "the idempotency key was used for another push to this group"), (outcome.Status, outcome.Error));
        var merge = Post("job=j", Gauge("a", 1)) with { Notes = new PushNotes { IdempotencyKey = "k" } };
        Assert.Equal(422, (await rig.Gateway.PushAsync(merge)).Status);
        Assert.Equal(2, rig.Gateway.Stats().RejectedKeyReused);
        Assert.Equal(1, rig.Gateway.Stats().RejectionsSuppressed);

        // One entry for each second says so, and how many it stands for; the group stays as it is.
        Assert.Equal((PushVerdict.Rejected, outcome.Error, 0), (rig.Log.Entries[^1].Record.Verdict, rig.Log.Entries[^1].Record.Reason, rig.Log.Entries[^1].Record.Stamp));
        var page = rig.Metrics;
        rig.Tick();
        await Push(rig, "k", 3);
        Assert.Equal((3, 1), (rig.Log.Entries.Count, rig.Log.Entries[^1].Record.Suppressed));
        Assert.Equal(page, rig.Metrics);
        Assert.Single(Samples(rig.Pushes, "a:pushed"));
        Assert.Empty(Samples(rig.Pushes, "push_failure_time_seconds:pushed"));
        await using var again = await rig.Restart();
        Assert.Equal(page, again.Metrics);
        Assert.True((await Push(again, "k", 1)).Replayed);
    }

    [Fact]
    public async Task A_refusal_that_lands_while_the_same_key_is_under_way_takes_nothing_from_it()
    {
        await using var rig = await Rig.New();
        var gate = new TaskCompletionSource();
        rig.Log.Gate = gate.Task;
        var late = Put("job=j", Gauge("a", 1)) with { Notes = new PushNotes { IdempotencyKey = "k", PushTimeUnixNano = 1 } };
        var refused = rig.Gateway.PushAsync(late);
        SpinWait.SpinUntil(() => rig.Log.Asked == 1);
        var pushes = Enumerable.Range(0, 4).Select(_ => Push(rig, "k", 1)).ToArray();
        gate.SetResult();
        Assert.Equal(400, (await refused).Status);
        var outcomes = await Task.WhenAll([.. pushes, Push(rig, "k", 1)]);
        Assert.Single(outcomes, o => !o.Replayed);
        Assert.Single(Samples(rig.Pushes, "a:pushed"));
    }

    [Fact]
    public async Task The_body_is_the_same_whatever_order_help_and_time_it_comes_with()
    {
        await using var rig = await Rig.New();
        var notes = new PushNotes { IdempotencyKey = "k" };
        await rig.Gateway.PushAsync(Put("job=j", Family("a", MetricType.Gauge, ("x=1", 1), ("x=2", 2)), Gauge("b", 3)) with { Notes = notes });
        var again = Put("job=j", Gauge("b", 3).Help("Late."), Family("a", MetricType.Gauge, ("x=2", 2), ("x=1", 1)));
        notes = notes with { PushTimeUnixNano = 1_795_348_800_000_000_000 };
        Assert.True((await rig.Gateway.PushAsync(again with { Notes = notes })).Replayed);
    }

    [Fact]
    public async Task A_refused_push_consumes_no_key()
    {
        await using var rig = await Rig.New();
        var bad = Put("job=j", Family("a", MetricType.Gauge, ("", 1), ("", 1))) with { Notes = new PushNotes { IdempotencyKey = "k" } };
        Assert.Equal(400, (await rig.Gateway.PushAsync(bad)).Status);
        Assert.Equal(400, (await rig.Gateway.PushAsync(bad)).Status);
        Assert.Equal(new PushOutcome(200), await Push(rig, "k", 1));
    }

    [Fact]
    public async Task Duplicates_in_one_batch_count_once_and_a_lost_batch_counts_none()
    {
        await using var rig = await Rig.New();
        var gate = new TaskCompletionSource();
        rig.Log.Gate = gate.Task;
        rig.Log.Failures = 1;
        var first = Push(rig, "k", 1);
        SpinWait.SpinUntil(() => rig.Log.Asked == 1);
        var pushes = Enumerable.Range(0, 4).Select(_ => Push(rig, "k", 1)).ToArray();
        gate.SetResult();
        var outcomes = await Task.WhenAll([first, .. pushes]);

        // The first went alone and was lost; the others were judged anew: one is booked, the rest are duplicates.
        Assert.Equal(1, outcomes.Count(o => o.Status == 503));
        Assert.Equal(1, outcomes.Count(o => o is { Status: 200, Replayed: false }));
        Assert.Equal(3, outcomes.Count(o => o.Replayed));
        Assert.Single(Samples(rig.Pushes, "a:pushed"));
    }

    [Fact]
    public async Task A_deletion_may_have_a_key()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("a", 1));
        var notes = new PushNotes { IdempotencyKey = "k" };
        Assert.Equal(new PushOutcome(202), await rig.Gateway.DeleteAsync(Read("job=j"), notes));
        await rig.Put("job=j", Gauge("a", 2));
        Assert.True((await rig.Gateway.DeleteAsync(Read("job=j"), notes)).Replayed);
        Assert.Single(rig.Lines());
    }

    [Fact]
    public async Task Keys_go_by_age_and_by_number()
    {
        var settings = new GatewaySettings { IdempotencyKeys = 3, IdempotencyWindow = TimeSpan.FromMinutes(1) };
        await using var rig = await Rig.New(new GatewayOptions { Settings = settings });
        for (var i = 0; i < 4; i++)
        {
            await Push(rig, $"k{i}", 1);
        }

        Assert.False((await Push(rig, "k0", 1)).Replayed);
        Assert.True((await Push(rig, "k3", 1)).Replayed);
        Assert.Equal((3, 2), (rig.Gateway.Stats().IdempotencyKeys, rig.Gateway.Stats().IdempotencyKeysEvicted));
        rig.Tick(61);
        await Push(rig, "k9", 1);
        Assert.Equal((1, 2), (rig.Gateway.Stats().IdempotencyKeys, rig.Gateway.Stats().IdempotencyKeysEvicted));
    }

    private static Task<PushOutcome> Push(Rig rig, string key, double value, string group = "job=j") =>
        rig.Gateway.PushAsync(Put(group, Gauge("a", value)) with { Notes = new PushNotes { IdempotencyKey = key } });
}
