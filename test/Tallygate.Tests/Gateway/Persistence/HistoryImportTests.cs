using Tallygate.Gateway.Persistence;
using static Tallygate.Tests.Gateway.Pushed;

namespace Tallygate.Tests.Gateway.Persistence;

/// <summary>An import that breaks off is finished by the next one, and leaves what one in one go leaves.</summary>
public sealed class HistoryImportTests
{
    private const long Now = 1_795_348_800_000_000_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task An_import_that_broke_off_is_finished_by_the_next(int appendsBefore)
    {
        await using var rig = await Rig.New();
        await rig.Put("job=own", Gauge("a", 1));
        var page = rig.Metrics;
        var seeds = Seeds();
        rig.Log.FailAfter = appendsBefore;
        await Assert.ThrowsAsync<IOException>(() => Import(rig, seeds));
        rig.Log.FailAfter = null;
        var result = await Import(rig, seeds);
        Assert.Equal((2400 - (appendsBefore * 1000), appendsBefore * 1000, 100), (result.Pushes, result.There, result.Own));
        Assert.Equal((0, 2400, 100), Counts(await Import(rig, seeds)));

        await using var again = await rig.Restart();
        Assert.Equal(page, again.Metrics);
        var pushed = Read(again.Pushes, "a:pushed");
        Assert.Equal(2401, pushed.Count);
        Assert.Equal(1 + Enumerable.Range(0, 2400).Sum(), pushed.Sum(s => s.Value));
    }

    [Fact]
    public async Task What_cannot_be_a_push_is_told()
    {
        await using var rig = await Rig.New();
        var result = await Import(rig, [new SeedPush(Read("x=1"), 1, []), new SeedPush(Read("job=j"), 2, [Gauge("a:pushed", 1)])]);
        Assert.Equal(0, result.Pushes);
        Assert.Equal("a push of {x=\"1\"} is left out: job name is required", result.Notes[0]);
        Assert.StartsWith("a push of {job=\"j\"} is left out: metric name \"a:pushed\" ends with", result.Notes[1], StringComparison.Ordinal);
        Assert.Empty(rig.Log.Entries);
    }

    /// <summary>2400 pushes of the past to four groups, and 100 to a group after it pushed itself.</summary>
    private static List<SeedPush> Seeds() =>
    [
        .. Enumerable.Range(0, 2400).Select(i => new SeedPush(i % 4 == 3 ? Read("job=own") : Read($"job=j{i % 4}"), Now - ((3000 - i) * 1_000_000_000L), [Gauge("a", i)])),
        .. Enumerable.Range(0, 100).Select(i => new SeedPush(Read("job=own"), Now + i, [Gauge("a", 1_000_000)])),
    ];

    private static (int, int, int) Counts(HistoryImportResult result) => ((int)result.Pushes, (int)result.There, (int)result.Own);

    private static Task<HistoryImportResult> Import(Rig rig, IReadOnlyList<SeedPush> seeds) =>
        HistoryImport.RunAsync(rig.Log, seeds, Now + 1_000_000_000, static _ => { }, TestContext.Current.CancellationToken);
}
