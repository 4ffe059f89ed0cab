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
    [InlineData("--web.systemd-socket is known but not supported yet", "--web.systemd-socket=true")]
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
}
