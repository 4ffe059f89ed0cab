using Tallygate.Model;
using Tallygate.Rules;

namespace Tallygate.Tests.Rules;

public class RuleGroupTests
{
    private readonly RuleBench _bench = new();

    [Fact]
    public void A_group_waits_for_its_next_slot_and_stamps_samples_with_the_slot()
    {
        _bench.Load(RuleBench.Record("one", "1"));
        Assert.Equal(10_000, _bench.Group.Due);
        Assert.Equal(10_000, _bench.Manager.Step(9_999));
        Assert.Equal(20_000, _bench.Manager.Step(10_003));
        Assert.Equal([(10_000, 1)], _bench.Samples("one"));
    }

    [Fact]
    public void The_phase_follows_from_file_and_name_and_never_changes()
    {
        var group = RuleBench.Define(RuleBench.Record("one", "1")) with { Phase = null };
        _bench.Load(0, group, group with { Name = "other" });
        var dues = _bench.Manager.Groups.Select(static g => g.Due).ToArray();
        Assert.NotEqual(dues[0], dues[1]);
        Assert.All(dues, static d => Assert.InRange(d, 1, 10_000));
        _bench.Manager = _bench.NewManager();
        _bench.Load(1_000_000_000, group, group with { Name = "other" });
        Assert.Equal(dues.Select(static d => d % 10_000), _bench.Manager.Groups.Select(static g => g.Due % 10_000));
    }

    [Fact]
    public void Later_rules_see_what_earlier_rules_of_the_same_slot_gave()
    {
        _bench.Write(9_000, 5, "m");
        _bench.Load(RuleBench.Record("a", "m * 2"), RuleBench.Record("b", "a + 1"), RuleBench.Record("c", "a + b"));
        _bench.Manager.Step(10_000);
        Assert.Equal(["{__name__=\"c\"} 21"], _bench.Ask("c", 10_000));
    }

    [Fact]
    public void A_rule_sees_its_own_output_of_the_slot_before()
    {
        _bench.Load(RuleBench.Record("n", "n + 1 or vector(1)"));
        for (long now = 10_000; now <= 50_000; now += 10_000)
        {
            _bench.Manager.Step(now);
        }

        Assert.Equal([1, 2, 3, 4, 5], _bench.Samples("n").Select(static s => s.Value));
    }

    [Fact]
    public void An_earlier_rule_sees_the_later_ones_output_of_the_slot_before()
    {
        _bench.Write(9_000, 1, "m");
        _bench.Write(19_000, 2, "m");
        _bench.Load(RuleBench.Record("before", "after"), RuleBench.Record("after", "m"));
        _bench.Manager.Step(10_000);
        Assert.Empty(_bench.Ask("before", 10_000));
        _bench.Manager.Step(20_000);
        Assert.Equal(["{__name__=\"before\"} 1"], _bench.Ask("before", 20_000));
    }

    [Fact]
    public void Missed_slots_are_counted_and_not_made_up_for()
    {
        _bench.Load(RuleBench.Record("one", "1"));
        _bench.Manager.Step(10_000);
        Assert.Equal(70_000, _bench.Manager.Step(65_000));
        Assert.Equal([10_000, 60_000], _bench.Samples("one").Select(static s => s.Time));
        var statistics = _bench.Group.Status.Statistics;
        Assert.Equal((6, 4, 2), (statistics.Iterations, statistics.IterationsMissed, statistics.Evaluations));
    }

    [Fact]
    public void The_query_offset_moves_both_what_is_read_and_the_stamp()
    {
        _bench.Write(7_000, 1, "m");
        _bench.Write(9_000, 2, "m");
        _bench.Load(0, RuleBench.Define(RuleBench.Record("r", "m")) with { QueryOffset = TimeSpan.FromSeconds(2) });
        _bench.Manager.Step(10_000);
        Assert.Equal([(8_000, 1)], _bench.Samples("r"));
    }

    [Fact]
    public void The_name_is_replaced_labels_are_laid_over_and_an_empty_one_takes_a_label_away()
    {
        _bench.Write(9_000, 5, "m", "a", "1", "gone", "x", "team", "old");
        var rule = RuleBench.Record("r", "m") with { Labels = Labels.Of("gone", "", "own", "rule") };
        _bench.Load(0, RuleBench.Define(rule) with { Labels = Labels.Of("team", "new", "own", "group") });
        _bench.Manager.Step(10_000);
        Assert.Equal(["{__name__=\"r\", a=\"1\", own=\"rule\", team=\"new\"} 5"], _bench.Ask("r", 10_000));
    }

    [Fact]
    public void Two_results_with_the_same_labels_spoil_the_rule_and_leave_others_alone()
    {
        _bench.Write(9_000, 5, "m", "a", "1");
        _bench.Write(9_000, 6, "m", "a", "2");
        _bench.Load(RuleBench.Record("r", "m") with { Labels = Labels.Of("a", "") }, RuleBench.Record("one", "1"));
        _bench.Manager.Step(10_000);
        Assert.Empty(_bench.Ask("r", 10_000));
        Assert.Single(_bench.Ask("one", 10_000));
        var evaluation = _bench.Group.Status.Rules[0].Evaluation;
        Assert.Equal(RuleHealth.Bad, evaluation.Health);
        Assert.Equal("vector contains metrics with the same labelset after applying rule labels", evaluation.LastError);
        Assert.Equal(1, _bench.Group.Status.Statistics.EvaluationFailures);
    }

    [Fact]
    public void Above_the_limit_nothing_of_the_rule_is_written()
    {
        _bench.Write(9_000, 5, "m", "a", "1");
        _bench.Write(9_000, 6, "m", "a", "2");
        _bench.Load(0, RuleBench.Define(RuleBench.Record("r", "m"), RuleBench.Record("one", "1")) with { Limit = 1 });
        _bench.Manager.Step(10_000);
        Assert.Empty(_bench.Ask("r", 10_000));
        Assert.Single(_bench.Ask("one", 10_000));
        Assert.Equal("exceeded limit of 1 with 2 series", _bench.Group.Status.Rules[0].Evaluation.LastError);
    }

    [Fact]
    public void A_scalar_is_one_sample_and_a_range_is_an_error()
    {
        _bench.Write(9_000, 5, "m");
        _bench.Load(RuleBench.Record("s", "2 + 3"), RuleBench.Record("x", "m[1m]"), RuleBench.Record("y", "\"text\""));
        _bench.Manager.Step(10_000);
        Assert.Equal(["{__name__=\"s\"} 5"], _bench.Ask("s", 10_000));
        Assert.Equal("rule result is not a vector or scalar", _bench.Group.Status.Rules[1].Evaluation.LastError);
        Assert.Equal("rule result is not a vector or scalar", _bench.Group.Status.Rules[2].Evaluation.LastError);
    }

    [Fact]
    public void A_series_that_vanishes_ends_with_a_stale_marker_and_comes_back()
    {
        _bench.Write(9_000, 1, "m", "a", "x");
        _bench.Load(RuleBench.Record("r", "m"));
        _bench.Manager.Step(10_000);
        _bench.Write(11_000, StaleMarker.Value, "m", "a", "x");
        _bench.Manager.Step(20_000);
        _bench.Manager.Step(30_000);
        _bench.Write(31_000, 2, "m", "a", "x");
        _bench.Manager.Step(40_000);
        Assert.Equal([(10_000, 1), (20_000, double.NaN), (40_000, 2)], _bench.Samples("r", "a", "x"));
    }

    [Fact]
    public void A_failed_evaluation_ends_no_series()
    {
        _bench.Write(9_000, 1, "m", "a", "x");
        _bench.Load(RuleBench.Record("r", "m") with { Labels = Labels.Of("a", "") });
        _bench.Manager.Step(10_000);
        _bench.Write(11_000, 1, "m", "a", "y");
        _bench.Manager.Step(20_000);
        Assert.Equal([(10_000, 1)], _bench.Samples("r"));
        _bench.Write(21_000, StaleMarker.Value, "m", "a", "x");
        _bench.Write(21_000, StaleMarker.Value, "m", "a", "y");
        _bench.Manager.Step(30_000);
        Assert.Equal([(10_000, 1), (30_000, double.NaN)], _bench.Samples("r"));
    }

    [Fact]
    public void The_outputs_of_an_iteration_appear_at_once()
    {
        _bench.Write(9_000, 1, "m");
        var seen = new List<int>();
        var source = new InterruptedStorage(_bench.Storage, _ => seen.Add(_bench.Samples("a").Count));
        _bench.Manager = new RuleManager(new RuleManagerOptions(), RecipeSimulation.Engine, source, _bench.Storage, TimeProvider.System);
        _bench.Load(RuleBench.Record("a", "m"), RuleBench.Record("b", "a"), RuleBench.Record("c", "b"));
        _bench.Manager.Step(10_000);
        Assert.Equal([0, 0], seen);
        Assert.Single(_bench.Samples("a"));
        Assert.Single(_bench.Samples("c"));
    }

    [Fact]
    public void The_read_model_says_how_evaluations_went()
    {
        _bench.Load(RuleBench.Record("one", "1"));
        Assert.Equal(RuleHealth.Unknown, _bench.Group.Status.Rules[0].Evaluation.Health);
        _bench.Manager.Step(10_002);
        var status = _bench.Group.Status;
        Assert.Equal(RuleHealth.Good, status.Rules[0].Evaluation.Health);
        Assert.Equal(10_002, status.Rules[0].Evaluation.LastEvaluation);
        Assert.Equal(10_002, status.Statistics.LastEvaluation);
        Assert.Equal(1, status.Statistics.LastSamples);
    }
}
