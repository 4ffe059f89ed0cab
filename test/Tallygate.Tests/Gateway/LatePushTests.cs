using Tallygate.Gateway;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>Late pushes: booked at their own time; shown only if nothing newer was pushed.</summary>
public sealed class LatePushTests
{
    private const long Now = 1_795_348_800_000;

    [Fact]
    public async Task A_late_push_is_booked_at_its_time_and_shows_only_if_it_is_the_newest()
    {
        await using var rig = await Rig.New();
        Assert.Equal(200, (await Late(rig, 1, -3_600_000)).Status);
        Assert.Equal(["a{instance=\"\",job=\"j\"} 1"], rig.Lines());
        Assert.Contains("push_time_seconds{instance=\"\",job=\"j\"} 1.7953452e+09", rig.Metrics, StringComparison.Ordinal);
        await rig.Put("job=j", Gauge("a", 2));
        var shown = rig.Metrics;
        Assert.Equal(200, (await Late(rig, 3, -1000)).Status);
        Assert.Equal(shown, rig.Metrics);
        Assert.Equal(
            [
                $"{{__name__=\"a:pushed\", job=\"j\"}} 1 @{Now - 3_600_000}",
                $"{{__name__=\"a:pushed\", job=\"j\"}} 2 @{Now}",
                $"{{__name__=\"a:pushed\", job=\"j\"}} 3 @{Now - 1000}",
            ],
            Samples(rig.Pushes, "a:pushed"));
        Assert.Contains($"{{__name__=\"push_time_seconds:pushed\", job=\"j\"}} 1.795348799e+09 @{Now - 1000}", Samples(rig.Pushes));
        await using var again = await rig.Restart();
        Assert.Equal(shown, again.Metrics);
        Assert.Equal(2, again.Gateway.Groups.All().Single().Families[0].Family.Metrics[0].Value);
        Assert.Equal(2, rig.Gateway.Stats().Late);
    }

    [Fact]
    public async Task Late_pushes_of_one_time_are_as_many_samples()
    {
        await using var rig = await Rig.New();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Late(rig, i, -5000)));
        await using var again = await rig.Restart();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Late(again, i, -4990)));
        Assert.Equal(100, Samples(again.Pushes, "a:pushed").Count);
        Assert.Equal(100, Read(again.Pushes, "a:pushed").Select(s => s.Time).Distinct().Count());
    }

    [Fact]
    public async Task A_push_ahead_of_the_clock_does_not_hold_up_the_pushes_of_now()
    {
        await using var rig = await Rig.New();
        Assert.Equal(200, (await Late(rig, 1, 300_000)).Status);
        Assert.Equal(200, (await rig.Put("job=j", Gauge("a", 2))).Status);
        rig.Tick(300);
        Assert.Equal(200, (await rig.Put("job=j", Gauge("a", 3))).Status);
        Assert.Equal([Now, Now + 300_000, Now + 300_001], Read(rig.Pushes, "a:pushed").Select(s => s.Time).Order());
    }

    [Theory]
    [InlineData(-604_801_000, "the push is 604801 s late; at most 604800 s are allowed")]
    [InlineData(601_000, "the time of the push lies 601 s ahead; at most 600 s are allowed")]
    public async Task A_push_outside_the_window_is_refused(long offset, string why)
    {
        await using var rig = await Rig.New();
        var outcome = await Late(rig, 1, offset);
        Assert.Equal((400, why), (outcome.Status, outcome.Error));
        Assert.Empty(rig.Metrics);
        Assert.Empty(Samples(rig.Pushes));
        Assert.Equal((PushVerdict.Rejected, why), (rig.Log.Entries.Single().Record.Verdict, rig.Log.Entries.Single().Record.Reason));
        Assert.Equal(1, rig.Gateway.Stats().RejectedOutsideWindow);
        Assert.Equal(200, (await Late(rig, 1, offset > 0 ? 600_000 : -604_800_000)).Status);
    }

    private static Task<PushOutcome> Late(Rig rig, double value, long offsetMs)
    {
        var time = (rig.Time.GetUtcNow().ToUnixTimeMilliseconds() + offsetMs) * 1_000_000;
        return rig.Gateway.PushAsync(Put("job=j", Gauge("a", value)) with { Notes = new PushNotes { PushTimeUnixNano = time } });
    }
}
