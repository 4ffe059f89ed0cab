using Microsoft.Extensions.Time.Testing;
using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PromQL.Values;

namespace Tallygate.Tests.PromQL.Evaluation;

public sealed class EngineTests
{
    private const long Minute = 60_000;

    private static readonly Engine Plain = new(new EngineOptions(), TimeProvider.System);
    private static readonly Engine All = new(Tallygate.PromQL.Scripts.ScriptRunner.Settings, TimeProvider.System);

    [Theory]
    [InlineData("foo{", QueryErrorKind.BadQuery)]
    [InlineData("foo[5m]", QueryErrorKind.BadQuery)]
    [InlineData("\"text\"", QueryErrorKind.BadQuery)]
    [InlineData("{a=~\".*\"}", QueryErrorKind.BadQuery)]
    [InlineData("label_replace(foo, \"\\xff\", \"$1\", \"a\", \"(.*)\")", QueryErrorKind.Execution)]
    public void A_range_query_that_cannot_be_answered_says_why(string query, QueryErrorKind kind)
    {
        var result = Plain.Range(SampleStore.Of(Minute, "foo{a=\"1\"} 1x10"), query, 0, 10 * Minute, Minute);
        Assert.Null(result.Value);
        Assert.Equal(kind, result.Error?.Kind);
    }

    [Fact]
    public void Kinds_of_answers_of_instant_queries()
    {
        var storage = SampleStore.Of(Minute, "foo 1 2 3");
        Assert.Equal(3, Assert.IsType<Scalar>(Plain.Instant(storage, "1 + 2", 0).Value).Value);
        Assert.Equal("a", Assert.IsType<StringValue>(Plain.Instant(storage, "\"a\"", 0).Value).Text);
        Assert.Equal(2, Assert.Single(Assert.IsType<Vector>(Plain.Instant(storage, "foo", Minute).Value).Samples).Value);
        var series = Assert.Single(Assert.IsType<Matrix>(Plain.Instant(storage, "foo[1m]", Minute).Value).Series);
        Assert.Equal([new FPoint(Minute, 2)], series.Floats);
    }

    [Fact]
    public void Windows_and_look_back_are_open_on_the_left()
    {
        var storage = SampleStore.Of(Minute, "foo 1");
        Assert.Single(((Vector)Plain.Instant(storage, "foo", (5 * Minute) - 1).Value!).Samples);
        Assert.Empty(((Vector)Plain.Instant(storage, "foo", 5 * Minute).Value!).Samples);
        Assert.Single(((Vector)Plain.Instant(storage, "count_over_time(foo[1m])", Minute - 1).Value!).Samples);
        Assert.Empty(((Vector)Plain.Instant(storage, "count_over_time(foo[1m])", Minute).Value!).Samples);
    }

    [Fact]
    public void A_stale_marker_ends_the_look_back_and_is_nothing_to_a_window()
    {
        var storage = SampleStore.Of(Minute, "foo 1 stale 3");
        var series = Assert.Single(((Matrix)Plain.Range(storage, "foo", 0, 2 * Minute, Minute).Value!).Series);
        Assert.Equal([new FPoint(0, 1), new FPoint(2 * Minute, 3)], series.Floats);
        var count = Assert.Single(((Vector)Plain.Instant(storage, "count_over_time(foo[10m])", 2 * Minute).Value!).Samples);
        Assert.Equal(2, count.Value);
    }

    [Fact]
    public void The_name_goes_at_once_or_at_the_end()
    {
        var storage = SampleStore.Of(Minute, "a_total 0+1x10", "b_total 0+1x10");
        const string Query = "label_replace(rate({__name__=~\"._total\"}[5m]), \"was\", \"$1\", \"__name__\", \"(.*)\")";
        Assert.Equal(2, ((Vector)All.Instant(storage, Query, 5 * Minute).Value!).Samples.Count);
        Assert.Equal("vector cannot contain metrics with the same labelset", Plain.Instant(storage, Query, 5 * Minute).Error?.Message);
    }

    [Fact]
    public void Too_many_samples_end_the_query()
    {
        var engine = new Engine(new EngineOptions { MaxSamples = 10 }, TimeProvider.System);
        var storage = SampleStore.Of(1000, "foo 0+1x30");
        Assert.Null(engine.Range(storage, "foo", 0, 9000, 1000).Error);
        var error = engine.Range(storage, "foo", 0, 10_000, 1000).Error;
        Assert.Equal("query processing would load too many samples into memory in query execution", error?.Message);
        Assert.NotNull(engine.Instant(storage, "sum_over_time(foo[20s])", 20_000).Error);
    }

    [Fact]
    public void Time_and_caller_end_the_query()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMinutes(1) };
        var storage = SampleStore.Of(Minute, "foo 1");
        var late = new Engine(new EngineOptions(), time).Instant(storage, "sum(foo) + sum(foo)", 0);
        Assert.Equal(new QueryError(QueryErrorKind.Timeout, "query timed out in expression evaluation"), late.Error);

        var given = Plain.Instant(storage, "foo", 0, cancellation: new CancellationToken(canceled: true));
        Assert.Equal(new QueryError(QueryErrorKind.Canceled, "query was canceled in expression evaluation"), given.Error);
    }

    [Fact]
    public void Annotations_tell_where_in_the_query()
    {
        var storage = SampleStore.Of(Minute, "foo 0+1x10", "bar_total 0+1x10");
        var result = Plain.Instant(storage, "sum(\n  rate(foo[5m])) + sum(rate(bar_total[5m]))", 5 * Minute);
        Assert.Equal(
            ["PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: \"foo\" (2:8)"], result.Infos);
        Assert.Empty(result.Warnings);
    }

    [Theory]
    [InlineData(
        "a * on(x) b",
        "found duplicate series for the match group {x=\"1\"} on the right hand-side of the operation: "
            + "[{__name__=\"b\", x=\"1\", y=\"1\"}, {__name__=\"b\", x=\"1\", y=\"2\"}];many-to-many matching not allowed: "
            + "matching labels must be unique on one side")]
    [InlineData("b * on(x) a", "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")]
    [InlineData("b * on(x) group_left(y) c", "multiple matches for labels: grouping labels must ensure unique matches")]
    public void Ambiguous_matches_are_refused(string query, string message)
    {
        var storage = SampleStore.Of(Minute, "a{x=\"1\"} 1x10", "b{x=\"1\",y=\"1\"} 2x10", "b{x=\"1\",y=\"2\"} 3x10", "c{x=\"1\"} 4x10");
        Assert.Equal(message, Plain.Instant(storage, query, Minute).Error?.Message);
        Assert.Equal(message, Plain.Range(storage, query, 0, Minute, Minute).Error?.Message);
    }

    [Fact]
    public void What_does_not_depend_on_the_step_is_the_same_at_each()
    {
        var storage = SampleStore.Of(Minute, "foo 0+1x60");
        var series = Assert.Single(((Matrix)Plain.Range(storage, "sum_over_time(foo[5m:1m] @ end()) * 2", 0, 10 * Minute, Minute).Value!).Series);
        Assert.Equal(11, series.Floats.Count);
        Assert.All(series.Floats, point => Assert.Equal(2 * (6 + 7 + 8 + 9 + 10), point.Value));
    }

    [Theory]
    [InlineData("topk(2, foo)", "3 2")]
    [InlineData("bottomk(2, foo)", "1 2")]
    [InlineData("sort_desc(foo)", "3 2 1")]
    [InlineData("sort(foo)", "1 2 3")]
    public void Order_of_an_instant_vector(string query, string expected)
    {
        var storage = SampleStore.Of(Minute, "foo{a=\"x\"} 2", "foo{a=\"y\"} 3", "foo{a=\"z\"} 1");
        var vector = (Vector)Plain.Instant(storage, query, 0).Value!;
        Assert.Equal(expected, string.Join(' ', vector.Samples.Select(sample => FloatText.Format(sample.Value, FloatForm.General))));
    }

    [Fact]
    public void The_recipe_of_the_product_runs()
    {
        var storage = SampleStore.Of(
            Minute,
            "records_processed{job=\"myjob\"} 5 5 7 7",
            "push_time_seconds{job=\"myjob\"} 10 10 20 20",
            "last_push_time_seconds{job=\"myjob\"} _ 10 10 20");
        const string Recipe = "( records_processed and last_push_time_seconds{job=\"myjob\"} != push_time_seconds{job=\"myjob\"} ) "
            + "or push_time_seconds{job=\"myjob\"} * 0";
        var matrix = (Matrix)Plain.Range(storage, Recipe, Minute, 3 * Minute, Minute).Value!;
        Assert.Equal(7, matrix.Series.Sum(series => series.Floats.Sum(point => point.Value)));
    }
}
