using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PromQL;
using Tallygate.Rules;
using Tallygate.Storage;

namespace Tallygate.Tests.Rules;

public class RuleReloadTests
{
    private readonly RuleBench _bench = new();

    [Fact]
    public void An_unchanged_group_runs_on()
    {
        _bench.Load(RuleBench.Record("one", "1"));
        var group = _bench.Group;
        _bench.Load(12_000, RuleBench.Define(RuleBench.Record("one", "1")));
        Assert.Same(group, _bench.Group);
    }

    [Fact]
    public void A_changed_group_starts_at_its_next_slot()
    {
        _bench.Load(RuleBench.Record("one", "1"));
        _bench.Manager.Step(10_000);
        _bench.Load(15_000, RuleBench.Define(RuleBench.Record("one", "2")));
        Assert.Equal(20_000, _bench.Group.Due);
        _bench.Manager.Step(20_000);
        Assert.Equal([(10_000, 1), (20_000, 2)], _bench.Samples("one"));
    }

    [Fact]
    public void A_group_that_was_replaced_takes_no_more_steps()
    {
        _bench.Load(RuleBench.Record("one", "1"));
        var old = _bench.Group;
        _bench.Load(5_000, RuleBench.Define(RuleBench.Record("one", "2")));
        Assert.Equal(long.MaxValue, old.Step(10_000));
        Assert.Empty(_bench.Samples("one"));
    }

    [Fact]
    public void A_rule_that_goes_on_under_another_expression_knows_which_series_to_end()
    {
        _bench.Write(9_000, 1, "m", "a", "x");
        _bench.Write(9_000, 2, "m", "a", "y");
        _bench.Load(RuleBench.Record("r", "m"));
        _bench.Manager.Step(10_000);
        _bench.Load(15_000, RuleBench.Define(RuleBench.Record("r", "m{a=\"x\"}")));
        _bench.Manager.Step(20_000);
        Assert.Equal([(10_000, 1), (20_000, 1)], _bench.Samples("r", "a", "x"));
        Assert.Equal([(10_000, 2), (20_000, double.NaN)], _bench.Samples("r", "a", "y"));
    }

    [Fact]
    public void The_series_of_a_removed_rule_end_at_the_next_iteration()
    {
        _bench.Load(RuleBench.Record("one", "1"), RuleBench.Record("two", "2"));
        _bench.Manager.Step(10_000);
        _bench.Load(15_000, RuleBench.Define(RuleBench.Record("one", "1")));
        _bench.Manager.Step(20_000);
        Assert.Equal([(10_000, 2), (20_000, double.NaN)], _bench.Samples("two"));
    }

    [Fact]
    public void The_series_of_a_removed_group_end_two_intervals_later_at_the_time_of_the_removal()
    {
        _bench.Load(RuleBench.Record("one", "1"));
        _bench.Manager.Step(10_000);
        _bench.Load(15_000);
        Assert.Equal(35_000, _bench.Manager.Step(15_000));
        Assert.Equal([(10_000, 1)], _bench.Samples("one"));
        Assert.Equal(long.MaxValue, _bench.Manager.Step(35_000));
        Assert.Equal([(10_000, 1), (15_000, double.NaN)], _bench.Samples("one"));
    }

    [Fact]
    public void A_renamed_group_goes_on_with_its_series()
    {
        var group = RuleBench.Define(RuleBench.Record("one", "1"));
        _bench.Load(0, group);
        _bench.Manager.Step(10_000);
        _bench.Load(15_000, group with { Name = "renamed" });
        for (long now = 20_000; now <= 40_000; now += 5_000)
        {
            _bench.Manager.Step(now);
        }

        Assert.Equal([(10_000, 1), (20_000, 1), (30_000, 1), (40_000, 1)], _bench.Samples("one"));
    }

    [Fact]
    public void With_anything_wrong_the_old_groups_stay_and_all_problems_are_told()
    {
        _bench.Load(RuleBench.Record("one", "1"));
        var group = _bench.Group;
        var problems = _bench.Manager.Apply(
            [
                RuleBench.Define(
                    RuleBench.Record("a", "1 +"),
                    new RuleDefinition { Expr = "1" },
                    new RuleDefinition { Record = "a", Alert = "b", Expr = "1" },
                    RuleBench.Record("b:pushed", "1"),
                    RuleBench.Record("c", "1") with { For = TimeSpan.FromSeconds(1), Labels = Labels.Of("__name__", "x") },
                    RuleBench.Record("d{a=\"b\"}", "")),
            ],
            5_000);
        Assert.Same(group, _bench.Group);
        Assert.Equal(
            [(1, "expr"), (2, "record"), (3, "record"), (4, "record"), (5, "for"), (5, "labels"), (6, "expr"), (6, "record")],
            problems.Select(static p => (p.Rule, p.Field)));
        Assert.StartsWith("could not parse expression: ", problems[0].Message, StringComparison.Ordinal);
        Assert.Equal("rules.yml: group \"group\", rule 2, \"\": one of 'record' or 'alert' must be set", problems[1].ToString());
    }

    [Fact]
    public void Group_names_are_unique_within_a_file_only()
    {
        var group = RuleBench.Define();
        Assert.Single(_bench.Manager.Apply([group, group], 0));
        Assert.Empty(_bench.Manager.Apply([group, group with { File = "other.yml" }], 0));
    }

    [Fact]
    public void A_store_that_cannot_take_the_ends_of_series_does_not_stop_the_groups_that_run()
    {
        var target = new FailingTarget(_bench.Storage);
        _bench.Manager = new RuleManager(
            new RuleManagerOptions(), new Engine(new EngineOptions(), TimeProvider.System), _bench.Storage, target, TimeProvider.System);
        _bench.Load(RuleBench.Record("r", "vector(1)"));
        _bench.Manager.Step(10_000);
        _bench.Load(10_000, RuleBench.Define(RuleBench.Record("other", "vector(2)")) with { Name = "other" });
        target.Fails = true;
        Assert.Equal(40_000, _bench.Manager.Step(30_000));
        target.Fails = false;
        Assert.Equal(50_000, _bench.Manager.Step(40_000));
        Assert.Equal([(40_000, 2)], _bench.Samples("other"));
    }

    private sealed class FailingTarget(IAppendableStorage storage) : IAppendableStorage
    {
        public bool Fails { get; set; }

        public long DurableSourcePosition => storage.DurableSourcePosition;

        public IAppender Appender() => Fails ? new FailingAppender(storage.Appender()) : storage.Appender();
    }

    private sealed class FailingAppender(IAppender appender) : IAppender
    {
        public AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value) => appender.Append(ref series, labels, time, value);

        public AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram) =>
            appender.Append(ref series, labels, time, histogram);

        public void Commit(long sourcePosition = 0) => throw new IOException("no space left on device");

        public void Rollback() => appender.Rollback();

        public void Dispose() => appender.Dispose();
    }
}
