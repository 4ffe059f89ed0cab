using Tallygate.Model;
using Tallygate.PromQL;
using Tallygate.PromQL.Values;
using Tallygate.Rules;
using Tallygate.Storage;

namespace Tallygate.Tests.Rules;

/// <summary>A store and a manager with one group, evaluated every ten seconds.</summary>
internal sealed class RuleBench
{
    public const long Interval = 10_000;

    private readonly Engine _engine = new(new EngineOptions(), TimeProvider.System);

    public RuleBench() => Manager = NewManager();

    public InMemoryStorage Storage { get; } = new();

    public RuleManager Manager { get; set; }

    public RuleGroup Group => Manager.Groups[0];

    public RuleManager NewManager(RuleManagerOptions? options = null) =>
        new(options ?? new RuleManagerOptions(), _engine, Storage, Storage, TimeProvider.System);

    public static RuleGroupDefinition Define(params RuleDefinition[] rules) => new()
    {
        File = "rules.yml",
        Name = "group",
        Interval = TimeSpan.FromMilliseconds(Interval),
        Phase = TimeSpan.Zero,
        Rules = rules,
    };

    public static RuleDefinition Record(string name, string expr) => new() { Record = name, Expr = expr };

    public void Load(params RuleDefinition[] rules) => Load(0, Define(rules));

    public void Load(long now, params RuleGroupDefinition[] groups) => Assert.Empty(Manager.Apply(groups, now));

    public void Write(long time, double value, string name, params string[] labels) =>
        Write(time, value, Labels.Of([Labels.MetricName, name, .. labels]));

    public void Write(long time, double value, Labels labels)
    {
        using var appender = Storage.Appender();
        var series = default(SeriesRef);
        Assert.Equal(AppendStatus.Appended, appender.Append(ref series, labels, time, value));
        appender.Commit();
    }

    /// <summary>The vector of a query as text, sorted: <c>{__name__="m", a="b"} 1</c>.</summary>
    public IReadOnlyList<string> Ask(string query, long time)
    {
        var result = _engine.Instant(Storage, query, time);
        Assert.Null(result.Error?.Message);
        return [.. Assert.IsType<Vector>(result.Value).Samples.OrderBy(static s => s.Labels).Select(static s => FormattableString.Invariant($"{s.Labels} {s.Value}"))];
    }

    /// <summary>All samples of a series, stale markers as NaN.</summary>
    public IReadOnlyList<(long Time, double Value)> Samples(string name, params string[] labels)
    {
        var samples = new List<(long, double)>();
        using var querier = Storage.Querier(long.MinValue, long.MaxValue);
        var wanted = Labels.Of([Labels.MetricName, name, .. labels]);
        var set = querier.Select(true, null, [new LabelMatcher(Tallygate.Model.MatchType.Equal, Labels.MetricName, name)]);
        while (set.MoveNext())
        {
            if (!set.Current.Labels.Equals(wanted))
            {
                continue;
            }

            var cursor = set.Current.Samples(long.MinValue, long.MaxValue);
            var times = new long[16];
            var values = new double[16];
            for (var n = cursor.Read(times, values); n > 0; n = cursor.Read(times, values))
            {
                for (var i = 0; i < n; i++)
                {
                    samples.Add((times[i], StaleMarker.Is(values[i]) ? double.NaN : values[i]));
                }
            }
        }

        return samples;
    }
}
