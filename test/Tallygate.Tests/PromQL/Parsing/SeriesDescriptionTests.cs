using Tallygate.Model;
using Tallygate.PromQL.Parsing;

namespace Tallygate.Tests.PromQL.Parsing;

public sealed class SeriesDescriptionTests
{
    [Fact]
    public void An_x_always_ends_a_number()
    {
        Assert.Equal(11, Parser.ParseSeriesDescription("a 0x10").Values.Count);
        Assert.Equal(11, Parser.ParseSeriesDescription("a 0+0x10").Values.Count);
    }

    [Fact]
    public void Stale_markers_keep_their_bits() =>
        Assert.All(Parser.ParseSeriesDescription("a stale stale").Values, v => Assert.True(StaleMarker.Is(v.Value)));

    [Theory]
    [InlineData("a Inf +Inf -Inf NaN", new[] { double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NaN })]
    [InlineData("{} \t .5  1e+100", new[] { .5, 1e100 })]
    [InlineData("a -1-2x2", new[] { -1.0, -3, -5 })]
    public void Numbers(string line, double[] values) =>
        Assert.Equal(values, Parser.ParseSeriesDescription(line).Values.Select(v => v.Value));

    [Fact]
    public void Start_timestamps_stand_behind_the_series()
    {
        var line = Parser.ParseSeriesDescription("metric{a=\"@st \"}@st  _ -30s -1m+10sx2 _x2");

        Assert.Equal(Labels.Of("__name__", "metric", "a", "@st "), line.Labels);
        Assert.Equal(new long?[] { null, -30_000, -60_000, -50_000, -40_000, null, null }, line.StartOffsetsMs);
        Assert.Null(Parser.ParseSeriesDescription("metric 1").StartOffsetsMs);
    }

    [Theory]
    [InlineData("metric@st 5", "1:11: parse error: bad start timestamp: \"5\"")]
    [InlineData("a 1x99999999999", "1:5: parse error: more than 10000000 values in one series")]
    [InlineData("a 1x1.5", "1:5: parse error: invalid repetition in series values: strconv.ParseUint: parsing \"1.5\": invalid syntax")]
    [InlineData("a {{schema:1 schema:2}}", "1:1: parse error: duplicate key \"schema\" in histogram")]
    [InlineData("a ?", "1:3: parse error: unexpected character in series sequence: '?'")]
    public void Errors(string line, string error)
    {
        Assert.False(Parser.TryParseSeriesDescription(line, out _, out var errors));
        Assert.Equal(error, errors[0].ToString());
    }
}
