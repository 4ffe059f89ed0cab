using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

/// <summary>
/// A clock that jumps: a group's stamp leads the clock only where that group itself has used the time before it, by at most a second; no two
/// pushes of a group share a stamp; what was answered with 429 left nothing.
/// </summary>
public sealed class ClockJumpTests
{
    private static void Set(Rig rig, double seconds) => rig.Time.AdjustTime(Rig.Start.AddSeconds(seconds));

    private static long[] Times(Rig rig, string name) => [.. Read(rig.Pushes, name + ":pushed").Select(s => (s.Time - Rig.Start.ToUnixTimeMilliseconds())).Order()];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Set_back_only_groups_with_later_stamps_are_told_to_wait(bool restart)
    {
        var rig = await Rig.New();
        await rig.Put("job=early", Gauge("e", 1));
        Set(rig, 30);
        await rig.Put("job=middle", Gauge("m", 1));

        // Long enough for the clock to forget what it gave before.
        for (var second = 60; second <= 66; second++)
        {
            Set(rig, second);
            await rig.Put("job=late", Gauge("l", second));
        }

        Set(rig, 29.5);
        rig = restart ? await rig.Restart() : rig;
        Assert.Equal(200, (await rig.Put("job=new", Gauge("n", 1))).Status);
        Assert.Equal(200, (await rig.Put("job=early", Gauge("e", 2))).Status);
        Assert.Equal(200, (await rig.Put("job=middle", Gauge("m", 2))).Status);
        Assert.Equal((429, 1), (await rig.Put("job=late", Gauge("l", 67))) is var late ? (late.Status, late.RetryAfterSeconds) : default);
        Assert.Equal([29_500], Times(rig, "n"));
        Assert.Equal([0, 29_500], Times(rig, "e"));

        // It leads the clock by half a second: the group has used the time before.
        Assert.Equal([30_000, 30_001], Times(rig, "m"));
        Assert.Equal(7, Times(rig, "l").Length);

        // A second before it has caught up with the group.
        Set(rig, 65.001);
        Assert.Equal(200, (await rig.Put("job=late", Gauge("l", 68))).Status);
        Assert.Equal([66_000, 66_001], Times(rig, "l")[^2..]);
        await using var again = await rig.Restart();
        Assert.Equal(["e 2", "l 68", "m 2", "n 1"], again.Lines().Select(l => $"{l[0]}{l[l.LastIndexOf(' ')..]}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_clock_that_jumps_about_never_makes_two_samples_one()
    {
        var random = new Random(20);
        var rig = await Rig.New();
        List<double>[] booked = [[], [], [], []];

        var (now, refused, free) = (0.0, 0, 0);
        for (var i = 0; i < 4000; i++)
        {
            now = random.Next(40) switch
            {
                0 => now + (random.NextDouble() * 20),
                1 => now - (random.NextDouble() * 10),
                2 or 3 => now - (random.NextDouble() * 2),
                < 20 => now,
                _ => now + random.NextDouble(),
            };
            Set(rig, now);
            rig = i % 500 == 499 ? await rig.Restart() : rig;
            var group = random.Next(booked.Length);
            var later = Times(rig, $"a{group}").LastOrDefault(long.MinValue);
            var answer = await rig.Put($"job={group}", Gauge($"a{group}", i));
            if (answer.Status == 200)
            {
                booked[group].Add(i);
                var stamp = Read(rig.Pushes, $"a{group}:pushed").Single(s => s.Value == i).Time - Rig.Start.ToUnixTimeMilliseconds();

                // At once, or right behind what the group had.
                Assert.True(stamp == (long)Math.Ceiling(Math.Round(now * 1000, 4)) || stamp == later + 1, $"push {i} at {now} s has the stamp {stamp}, behind {later}");
                Assert.True(stamp - (now * 1000) <= 1001);
                free++;
            }
            else
            {
                Assert.Equal(429, answer.Status);
                Assert.True(later > (now * 1000) + 998, $"push {i} at {now} s was refused, though the newest stamp of its group is {later}");
                refused++;
            }
        }

        Assert.InRange(free, 300, 3900);
        Assert.InRange(refused, 100, 3700);
        for (var group = 0; group < booked.Length; group++)
        {
            Assert.Equal(booked[group], Read(rig.Pushes, $"a{group}:pushed").OrderBy(s => s.Value).Select(s => s.Value));
        }

        await rig.DisposeAsync();
    }
}
