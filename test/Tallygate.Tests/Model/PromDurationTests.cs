using CsCheck;
using Tallygate.Model;

namespace Tallygate.Tests.Model;

public sealed class PromDurationTests
{
    [Theory]
    [InlineData("0", 0, "0s")]
    [InlineData("0s", 0, "0s")]
    [InlineData("1h30m", 5_400_000, "1h30m")]
    [InlineData("90m", 5_400_000, "1h30m")]
    [InlineData("1y2w3d4h5m6s7ms", 33019506007, "382d4h5m6s7ms")]
    [InlineData("365d", 31_536_000_000, "1y")]
    [InlineData("14d", 1_209_600_000, "2w")]
    [InlineData("90d", 7_776_000_000, "90d")]
    [InlineData("292y", 9_208_512_000_000, "292y")]
    public void Reads_and_writes(string text, long milliseconds, string printed)
    {
        Assert.Equal(milliseconds, PromDuration.Parse(text));
        Assert.Equal(printed, PromDuration.Format(milliseconds));
    }

    [Theory]
    [InlineData("", "empty duration string")]
    [InlineData("5", "not a valid duration string: \"5\"")]
    [InlineData("-5s", "not a valid duration string: \"-5s\"")]
    [InlineData("1.5s", "not a valid duration string: \"1.5s\"")]
    [InlineData("5m1h", "not a valid duration string: \"5m1h\"")]
    [InlineData("5m1m", "not a valid duration string: \"5m1m\"")]
    [InlineData("s", "not a valid duration string: \"s\"")]
    [InlineData("5 m", "not a valid duration string: \"5 m\"")]
    [InlineData("293y", "duration out of range")]
    [InlineData("99999999999999999999999s", "duration out of range")]
    public void Refuses(string text, string error)
    {
        Assert.False(PromDuration.TryParse(text, out _, out var actual));
        Assert.Equal(error, actual);
    }

    [Fact]
    public void What_is_written_reads_back() =>
        Gen.Long[0, long.MaxValue / 1_000_000].Sample(ms => Assert.Equal(ms, PromDuration.Parse(PromDuration.Format(ms))));
}
