using Tallygate.PromQL;
using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server;

public sealed class FlagTableTests
{
    [Fact]
    public void Flags_are_read_in_every_spelling()
    {
        Assert.True(FlagTable.TryParse(
            [
                "--web.listen-address=:1", "--web.listen-address", "127.0.0.1:2", "--web.enable-lifecycle", "--no-gateway.sampling",
                "--query.timeout=1h30m", "--log.format", "json", "--web.systemd-socket=false", "--persistence.file=",
            ],
            out var options, out _));
        Assert.Equal([":1", "127.0.0.1:2"], options.ListenAddresses);
        Assert.True(options.EnableLifecycle);
        Assert.False(options.SampleGateway);
        Assert.Equal(TimeSpan.FromMinutes(90), options.QueryTimeout);
        Assert.True(options.LogJson);
    }

    [Theory]
    [InlineData("unknown long flag '--nope', try --help", "--nope")]
    [InlineData("unknown long flag '--no-storage.path', try --help", "--no-storage.path")]
    [InlineData("unknown short flag '-x', try --help", "-x")]
    [InlineData("unexpected abc, try --help", "abc")]
    [InlineData("expected argument for flag '--config.file', try --help", "--config.file")]
    [InlineData("flag 'config.file' cannot be repeated, try --help", "--config.file=a", "--config.file=b")]
    [InlineData("enum value must be one of debug,info,warn,error, got 'loud', try --help", "--log.level=loud")]
    [InlineData("--query.max-samples is a positive whole number, not \"-1\"", "--query.max-samples=-1")]
    [InlineData("--agent is known but not supported yet", "--agent=true")]
    public void Wrong_flags_are_refused(string error, params string[] arguments)
    {
        Assert.False(FlagTable.TryParse(arguments, out _, out var text));
        Assert.Equal(error, text);
    }

    [Fact]
    public void Every_flag_is_described_with_its_default()
    {
        var values = FlagTable.Describe(new ServerOptions());
        Assert.Equal(":9091", values["web.listen-address"]);
        Assert.Equal("2m", values["query.timeout"]);
        Assert.Equal("15d", values["storage.tsdb.retention.time"]);
        Assert.Equal("false", values["web.enable-admin-api"]);
        Assert.Contains("--web.listen-address=:9091", FlagTable.Help(), StringComparison.Ordinal);
    }

    [Fact]
    public void Features_are_read_from_one_flag_or_several()
    {
        Assert.True(FlagTable.TryParse(
            ["--enable-feature=promql-experimental-functions,exemplar-storage", "--enable-feature", "use-start-timestamps"], out var options, out _));
        Assert.Equal(["promql-experimental-functions", "exemplar-storage", "use-start-timestamps"], options.Features);
        var engine = FeatureNames.Apply(new EngineOptions(), options.Features);
        Assert.True(engine.ExperimentalFunctions && engine.StartTimestamps);
        Assert.False(engine.DelayedNameRemoval || engine.ExtendedRangeSelectors || engine.FillModifiers || engine.TypeAndUnitLabels);
    }

    [Theory]
    [InlineData("promql-delayed-name-removal", null)]
    [InlineData("promql-extended-range-selectors", null)]
    [InlineData("promql-binop-fill-modifiers", null)]
    [InlineData("type-and-unit-labels", null)]
    [InlineData("promql-duration-expr", "This option for --enable-feature is now permanently enabled and therefore a no-op.")]
    [InlineData("exemplar-storage", null)]
    [InlineData("metadata-wal-records", null)]
    [InlineData("extra-scrape-metrics", "This option for --enable-feature has no effect here.")]
    [InlineData("nonsense", "Unknown option for --enable-feature")]
    public void Features_of_no_effect_are_warned_of(string feature, string? warning) => Assert.Equal(warning, FeatureNames.Warning(feature));
}
