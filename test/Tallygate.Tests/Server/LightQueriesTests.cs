using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PromQL.Values;
using Tallygate.Server.PrometheusApi;
using Tallygate.Storage;

namespace Tallygate.Tests.Server;

public sealed class LightQueriesTests
{
    private readonly Engine _engine = new(new EngineOptions(), TimeProvider.System);
    private readonly InMemoryStorage _storage = new();
    private readonly LightQueries _light = new();

    public LightQueriesTests()
    {
        using var appender = _storage.Appender();
        for (var i = 0; i < 1000; i++)
        {
            var series = default(SeriesRef);
            appender.Append(ref series, Labels.Of("__name__", "m", "i", $"{i}"), 1000, i);
        }

        appender.Commit();
    }

    [Fact]
    public void A_query_of_few_series_is_answered_on_the_spot()
    {
        var result = Try("m{i=\"7\"}", out var runs);
        Assert.Equal(7, Assert.Single(Assert.IsType<Vector>(result!.Value).Samples).Value);
        Assert.Equal(1, runs);
        Assert.Equal(1, _light.Answered);
    }

    [Theory]
    [InlineData("m")]
    [InlineData("count(m)")]
    [InlineData("sum(max_over_time(m[1h]))")]
    [InlineData("sum_over_time(vector(1)[1000s:1s])")]
    public void One_of_many_is_given_up_and_known_from_then_on(string query)
    {
        Assert.Null(Try(query, out var first));
        Assert.Null(Try(query, out var second));
        Assert.Equal((1, 0), (first, second));
        Assert.Equal(0, _light.Answered);
        Assert.NotNull(Try("m{i=\"8\"}", out _));
    }

    [Fact]
    public void A_query_that_fails_has_its_result_on_the_spot()
    {
        Assert.Equal(QueryErrorKind.BadQuery, Try("m{", out _)!.Error!.Kind);
        Assert.Equal(QueryErrorKind.Execution, Try("label_replace(vector(1),\"!\",\"\",\"\",\"(\")", out _)!.Error!.Kind);
    }

    [Fact]
    public void A_very_long_text_is_not_tried() => Assert.Null(Try(string.Join(" + ", Enumerable.Repeat("1", 1000)), out _));

    private QueryResult? Try(string query, out int runs)
    {
        var count = 0;
        var result = _light.TryRun(query, new QueryOptions(), options =>
        {
            count++;
            return _engine.Instant(_storage, query, 2000, options, TestContext.Current.CancellationToken);
        });
        runs = count;
        return result;
    }
}
