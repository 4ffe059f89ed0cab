using Tallygate.Model;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway;

public sealed class PushSamplesTests
{
    [Fact]
    public async Task Each_series_of_a_push_gets_one_sample_at_the_stamp()
    {
        await using var rig = await Rig.New();
        await rig.Put(
            "job=j",
            Gauge("g", 1.5, "x="),
            Histogram("h", "", 3, (1, 2), (2.5, 3)),
            Summary("s", "", 4, 5, (1, 6)));
        Assert.Equal(
            [
                "{__name__=\"g:pushed\", job=\"j\"} 1.5 @1795348800000",
                "{__name__=\"h_bucket:pushed\", job=\"j\", le=\"+Inf\"} 3 @1795348800000",
                "{__name__=\"h_bucket:pushed\", job=\"j\", le=\"1.0\"} 2 @1795348800000",
                "{__name__=\"h_bucket:pushed\", job=\"j\", le=\"2.5\"} 3 @1795348800000",
                "{__name__=\"h_count:pushed\", job=\"j\"} 3 @1795348800000",
                "{__name__=\"h_sum:pushed\", job=\"j\"} 3 @1795348800000",
                "{__name__=\"push_time_seconds:pushed\", job=\"j\"} 1.7953488e+09 @1795348800000",
                "{__name__=\"s:pushed\", job=\"j\", quantile=\"1.0\"} 6 @1795348800000",
                "{__name__=\"s_count:pushed\", job=\"j\"} 5 @1795348800000",
                "{__name__=\"s_sum:pushed\", job=\"j\"} 4 @1795348800000",
            ],
            Samples(rig.Pushes));
        Assert.Equal(1, rig.Pushes.DurableSourcePosition);
    }

    [Fact]
    public async Task A_store_that_holds_the_log_up_to_a_position_gets_the_rest_once()
    {
        await using var rig = await Rig.New();
        for (var i = 0; i < 20; i++)
        {
            await rig.Put("job=j", Gauge("g", i));
        }

        var samples = Samples(rig.Pushes);
        await rig.Gateway.StopAsync();
        var gateway = new Tallygate.Gateway.PushGateway(
            rig.Log, rig.Pushes, rig.Pushes, rig.Pushes, rig.Options, rig.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<Tallygate.Gateway.PushGateway>.Instance);
        var positions = new List<long>();
        await gateway.StartAsync(p => positions.Add(p.Value));
        Assert.Equal(samples, Samples(rig.Pushes));
        Assert.Equal([7, 14, 20], positions);
        Assert.Equal(200, (await gateway.PushAsync(Put("job=j", Gauge("g", 1)))).Status);
        await gateway.StopAsync();
        Assert.Equal(21, Samples(rig.Pushes, "g:pushed").Count);
    }

    [Fact]
    public async Task A_store_ahead_of_its_log_stops_the_start()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("g", 1));
        var gateway = new Tallygate.Gateway.PushGateway(
            new FailingLog(), rig.Pushes, rig.Pushes, rig.Pushes, rig.Options, rig.Time, Microsoft.Extensions.Logging.Abstractions.NullLogger<Tallygate.Gateway.PushGateway>.Instance);
        await Assert.ThrowsAsync<InvalidDataException>(() => gateway.StartAsync());
    }

    [Fact]
    public async Task A_pushed_NaN_is_an_ordinary_NaN()
    {
        await using var rig = await Rig.New();
        await rig.Put("job=j", Gauge("g", StaleMarker.Value));
        var (_, _, value) = Assert.Single(Read(rig.Pushes, "g:pushed"));
        Assert.Equal(StaleMarker.NormalNaNBits, BitConverter.DoubleToInt64Bits(value));
    }
}
