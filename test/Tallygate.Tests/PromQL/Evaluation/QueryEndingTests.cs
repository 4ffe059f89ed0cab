using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.Storage;

namespace Tallygate.Tests.PromQL.Evaluation;

/// <summary>
/// A query looks at clock and caller all the way through. Time itself is not measured: between two looks lies a bounded number of samples and
/// rows, so that the looks of every kind of expression grow with its work, and the first look at which it is over ends the query.
/// </summary>
public sealed class QueryEndingTests
{
    private const int Series = 12_000;

    // What the engine calls a look's worth of work.
    private const int WorkBetweenLooks = 4096;

    // What is read from a store in one piece grows with what was read before.
    private const int SamplesBetweenLooks = 16_384;

    // When a query began is looked up before there is anything to end.
    private const int LooksAtStart = 4;

    private static readonly Lazy<InMemoryStorage> _wide = new(static () => Store(Series, 2));
    private static readonly Lazy<InMemoryStorage> _long = new(static () => Store(2, 100_000));

    /// <summary>Expressions, and what their work is on top of: each row of the one is a unit of work at least.</summary>
    public static TheoryData<string, string> OnRows => new()
    {
        { "m", "vector(1)" },
        { "-m", "m" },
        { "m > 0", "m" },
        { "m + m", "m" },
        { "m == bool m", "m" },
        { "m and m", "m" },
        { "m or m", "m" },
        { "m unless m", "m" },
        { "m * on (i) group_left () m", "m" },
        { "sort(m)", "m" },
        { "sort_by_label(m, \"i\")", "m" },
        { "abs(m)", "m" },
        { "label_replace(m, \"x\", \"$1\", \"i\", \"(.*)\")", "m" },
        { "label_join(m, \"x\", \"-\", \"i\", \"j\")", "m" },
        { "scalar(m)", "vector(1)" },
        { "timestamp(m)", "vector(1)" },
        { "absent(m)", "vector(1)" },
        { "sum(m)", "vector(1)" },
        { "sum by (i) (m)", "vector(1)" },
        { "sum(m + 0)", "m + 0" },
        { "quantile(0.5, m + 0)", "m + 0" },
        { "count_values(\"v\", m)", "m" },
        { "topk(9000, m)", "m" },
        { "limitk(9000, m)", "m" },
        { "limit_ratio(0.5, m)", "m" },
        { "histogram_quantile(0.5, m)", "m" },
        { "rate(m[1m])", "vector(1)" },
        { "stddev_over_time(m[1m])", "vector(1)" },
        { "sum_over_time(m[1m:1s])", "vector(1)" },
        { "info(m)", "m" },
        { "m[1m]", "vector(1)" },
    };

    public static TheoryData<string> OnWindows =>
    [
        "sum_over_time(m[1h])", "avg_over_time(m[1h])", "quantile_over_time(0.9, m[1h])", "stddev_over_time(m[1h])", "mad_over_time(m[1h])",
        "max_over_time(m[1h])", "rate(m[1h])", "deriv(m[1h])", "predict_linear(m[1h], 60)", "changes(m[1h])",
        "double_exponential_smoothing(m[1h], 0.5, 0.5)", "sum_over_time(m[1h:1s])", "m", "m smoothed", "rate(m[1h] smoothed)",
        "count_over_time(m[1h])", "last_over_time(m[1d])",
    ];

    [Theory, MemberData(nameof(OnRows))]
    public void Every_operation_on_many_rows_looks_on_the_way(string query, string operand)
    {
        var (without, _) = Looks(_wide.Value, operand, isInstant: true);
        var (with, error) = Looks(_wide.Value, query, isInstant: true);
        Assert.Null(error);
        Assert.True(with - without >= Series / WorkBetweenLooks, $"{with} looks, {without} of them for {operand}");
    }

    [Theory, MemberData(nameof(OnWindows))]
    public void Every_function_over_long_series_looks_on_the_way(string query)
    {
        var (looks, error) = Looks(_long.Value, query, isInstant: false);
        Assert.Null(error);
        Assert.True(looks >= 2 * 100_000 / SamplesBetweenLooks, $"{looks} looks");
    }

    [Theory]
    [InlineData("sort(m + 0)")]
    [InlineData("topk by (j) (9000, m * on (i) m)")]
    [InlineData("sum by (j) (quantile_over_time(0.5, m[1m]))")]
    public void The_first_look_after_the_end_ends_it(string query)
    {
        var (all, _) = Looks(_wide.Value, query, isInstant: true);
        for (var at = LooksAtStart; at < all - 2; at += Math.Max(1, all / 8))
        {
            var time = new CountedTime { OverAt = at };
            var late = Ask(new Engine(Scripts, time), _wide.Value, query, isInstant: true, default);
            Assert.Equal(QueryErrorKind.Timeout, late.Error?.Kind);

            // Once more for the statistics.
            Assert.InRange(time.Looks - at, 0, 2);

            using var leaves = new CancellationTokenSource();
            var counted = new CountedTime { OverAt = at, Leaves = leaves };
            var left = Ask(new Engine(Scripts, counted), _wide.Value, query, isInstant: true, leaves.Token);
            Assert.Equal(QueryErrorKind.Canceled, left.Error?.Kind);
            Assert.InRange(counted.Looks - at, 0, 3);
        }
    }

    [Fact]
    public void Rows_of_few_samples_and_many_steps_are_refused_before_they_take_the_memory()
    {
        var engine = new Engine(Scripts with { MaxSamples = 100_000 }, TimeProvider.System);
        foreach (var query in (string[])["m @ 5", "m", "m + on (i) m", "sum by (i) (m)", "sum by (i) (m + 0)", "count_values by (i) (\"v\", m)"])
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var result = engine.Range(_wide.Value, query, 0, 10_000_000, 1000);
            Assert.Equal("query processing would load too many samples into memory in query execution", result.Error?.Message);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100 << 20, query);
        }
    }

    private static EngineOptions Scripts => Tallygate.PromQL.Scripts.ScriptRunner.Settings with { MaxSamples = 50_000_000 };

    private static (int Looks, string? Error) Looks(InMemoryStorage storage, string query, bool isInstant)
    {
        var time = new CountedTime();
        var result = Ask(new Engine(Scripts, time), storage, query, isInstant, default);
        return (time.Looks, result.Error?.Message);
    }

    private static QueryResult Ask(Engine engine, InMemoryStorage storage, string query, bool isInstant, CancellationToken cancellation) =>
        isInstant
            ? engine.Instant(storage, query, 2000, cancellation: cancellation)
            : engine.Range(storage, query, 0, 100_000_000, 1_000_000, cancellation: cancellation);

    private static InMemoryStorage Store(int series, int samples)
    {
        var storage = new InMemoryStorage();
        using var appender = storage.Appender();
        for (var i = 0; i < series; i++)
        {
            var reference = default(SeriesRef);
            var labels = Labels.Of(Labels.MetricName, "m", "i", $"{i}", "instance", $"h{i % 100}", "j", $"{i % 7}", "le", $"{i}");
            for (var sample = 0; sample < samples; sample++)
            {
                appender.Append(ref reference, labels, 1000L + (sample * 1000L), i * 7919 % 1009);
            }
        }

        appender.Commit();
        return storage;
    }

    /// <summary>Counts how often it is looked at; from a chosen look on a long time has passed, or the caller has left.</summary>
    private sealed class CountedTime : TimeProvider
    {
        public int Looks { get; private set; }

        public int OverAt { get; init; } = int.MaxValue;

        public CancellationTokenSource? Leaves { get; init; }

        public override long GetTimestamp()
        {
            if (++Looks < OverAt)
            {
                return 0;
            }

            Leaves?.Cancel();
            return Leaves is null ? long.MaxValue / 2 : 0;
        }
    }
}
