using Tallygate.Rules;

namespace Tallygate.Tests.Rules;

/// <summary>The facts g.1 and the measured rows of g.2 of <c>prometheus-surfaces.md</c>, on a clock of the test's.</summary>
public class RecipeTests
{
    private const long Second = 1000;

    private static readonly double[] TwelvePushes = [381, 702, 115, 640, 933, 88, 501, 777, 690, 412, 864, 410];

    private static RecipeSimulation EverySecond(params RuleDefinition[] rules) =>
        new(Recipe.Group(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500), rules), Second, 200);

    private static RecipeSimulation TwelvePushesEverySixSeconds(params RuleDefinition[] rules) => TwelvePushesAt(0, rules);

    private static RecipeSimulation TwelvePushesAt(long fraction, params RuleDefinition[] rules)
    {
        var simulation = EverySecond(rules);
        for (var i = 0; i < TwelvePushes.Length; i++)
        {
            simulation.Push((((i * 6) + 3) * Second) + fraction, TwelvePushes[i]);
        }

        return simulation;
    }

    [Fact]
    public void Row_1_all_pushes_but_the_first_are_counted()
    {
        var simulation = TwelvePushesEverySixSeconds();
        simulation.Run(80 * Second);
        Assert.Equal(6513, simulation.Pushed);
        Assert.Equal(6513 - 381, simulation.Ask(Recipe.Sum, 80 * Second));
        Assert.True(simulation.Ask("sum(sum_over_time(records_processed[1d]))", 80 * Second) > 5 * 6513);
    }

    [Fact]
    public void Row_2_in_the_other_order_nothing_is_counted()
    {
        var simulation = TwelvePushesEverySixSeconds(Recipe.LastPush, Recipe.Dedupe);
        simulation.Run(80 * Second);
        Assert.Equal(0, simulation.Ask(Recipe.Sum, 80 * Second));
    }

    [Fact]
    public void Row_4_labels_of_the_metric_itself_make_the_recipe_count_nothing()
    {
        var simulation = EverySecond();
        for (var i = 0; i < 8; i++)
        {
            simulation.Push(((i * 6) + 3) * Second, 40 + i, "type", "a");
            simulation.Push(((i * 6) + 3) * Second, 50 + i, "type", "b");
        }

        simulation.Run(60 * Second);
        Assert.Equal(0, simulation.Ask(Recipe.Sum, 60 * Second));
        Assert.Equal(1, simulation.Ask("""count(records_processed_dedupe{job="myjob",type=""})""", 60 * Second));
        Assert.Null(simulation.Ask("""count(records_processed_dedupe{type!=""})""", 60 * Second));
    }

    [Fact]
    public void Row_8_a_group_deleted_and_pushed_again_soon_loses_its_first_push_only()
    {
        var simulation = EverySecond();
        simulation.Push(3 * Second, 10);
        simulation.Push(10 * Second, 20);
        simulation.DeleteGroup(17 * Second);
        simulation.Push(37 * Second, 30);
        simulation.Run(45 * Second);
        Assert.Equal(50, simulation.Ask(Recipe.Sum, 45 * Second));
    }

    [Fact]
    public void Row_9_pushed_again_after_the_window_it_is_a_first_push_again()
    {
        var simulation = EverySecond();
        simulation.Push(3 * Second, 10);
        simulation.DeleteGroup(7 * Second);
        simulation.Push(340 * Second, 40);
        simulation.Run(350 * Second);
        Assert.Equal(0, simulation.Ask(Recipe.Sum, 350 * Second));
    }

    [Fact]
    public void Row_10_a_push_during_failing_scrapes_is_counted_when_they_work_again()
    {
        var simulation = EverySecond();
        simulation.Push(3 * Second, 7);
        simulation.FailScrapes(10 * Second, 28 * Second);
        simulation.Push(15 * Second, 100);
        simulation.Run(40 * Second);
        Assert.Equal(100, simulation.Ask(Recipe.Sum, 40 * Second));
    }

    [Fact]
    public void Row_11_of_two_pushes_during_failing_scrapes_only_the_second_is_counted()
    {
        var simulation = EverySecond();
        simulation.Push(3 * Second, 7);
        simulation.FailScrapes(10 * Second, 28 * Second);
        simulation.Push(15 * Second, 1000);
        simulation.Push(20 * Second, 2000);
        simulation.Run(40 * Second);
        Assert.Equal(2000, simulation.Ask(Recipe.Sum, 40 * Second));
    }

    [Fact]
    public void Row_13_a_push_while_the_server_stands_still_is_counted()
    {
        var simulation = EverySecond();
        simulation.Push(3 * Second, 7);
        simulation.StandStill(10 * Second, 24 * Second);
        simulation.Push(15 * Second, 100);
        simulation.Run(40 * Second);
        Assert.Equal(100, simulation.Ask(Recipe.Sum, 40 * Second));
        Assert.Equal(13, simulation.Rules.Groups[0].Status.Statistics.IterationsMissed);
    }

    [Fact]
    public void Row_15_a_push_around_a_restart_is_counted()
    {
        var simulation = EverySecond();
        simulation.Push(3 * Second, 7);
        simulation.StandStill(10 * Second, 20 * Second);
        simulation.Push(15 * Second, 10_000);
        simulation.Restart(20 * Second);
        simulation.Run(40 * Second);
        Assert.Equal(10_000, simulation.Ask(Recipe.Sum, 40 * Second));
    }

    [Fact]
    public void A_deleted_group_ends_rule_1_at_once_and_rule_2_after_its_window()
    {
        var simulation = EverySecond();
        simulation.Push(3 * Second, 10);
        simulation.DeleteGroup(10 * Second);
        simulation.Run(320 * Second);
        Assert.NotNull(simulation.Ask(Recipe.DedupeName, 9_900));
        Assert.Null(simulation.Ask(Recipe.DedupeName, 10_500));
        Assert.NotNull(simulation.Ask(Recipe.LastPushName, 309 * Second));
        Assert.Null(simulation.Ask(Recipe.LastPushName, (309 * Second) + 500));
    }

    [Fact]
    public void A_scrape_that_commits_between_the_two_rules_is_seen_by_neither()
    {
        // Each push comes after the scrape of its second: the first to see it is the one that commits in the middle of the iteration.
        var simulation = TwelvePushesAt(300);
        long slot = 0;
        simulation.Source = new InterruptedStorage(simulation.Storage, _ => simulation.Scrape(slot - 1));
        for (var now = 500L; now < 80 * Second; now += Second)
        {
            var at = now;
            simulation.At(now, () => slot = at);
        }

        simulation.Run(80 * Second);
        Assert.Equal(6513 - 381, simulation.Ask(Recipe.Sum, 80 * Second));
    }

    [Fact]
    public void A_crash_between_the_two_rules_leaves_nothing_of_the_iteration_and_counts_no_push_twice()
    {
        var simulation = TwelvePushesEverySixSeconds();
        var crashing = new InterruptedStorage(simulation.Storage, static _ => throw new InvalidOperationException("crash"));
        for (var i = 0; i < TwelvePushes.Length; i++)
        {
            // Each push is first seen at the half second after it: there the process crashes in the middle, and starts again.
            var seen = (((i * 6) + 3) * Second) + 500;
            simulation.At(seen, () =>
            {
                simulation.Source = crashing;
                Assert.Throws<InvalidOperationException>(() => simulation.Rules.Step(seen));
                simulation.Source = simulation.Storage;
            });
            simulation.Restart(seen);
        }

        simulation.Run(80 * Second);
        Assert.Equal(6513 - 381, simulation.Ask(Recipe.Sum, 80 * Second));
    }

    [Fact]
    public void Reloads_with_a_changed_group_around_pushes_change_no_figure()
    {
        var simulation = TwelvePushesEverySixSeconds();
        for (var i = 0; i < 25; i++)
        {
            var at = ((i * 3) + 1) * Second;
            var limit = 100 + i;
            simulation.At(at, () => Assert.Empty(simulation.Rules.Apply(
                [Recipe.Group(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500)) with { Limit = limit }], at)));
        }

        simulation.Run(80 * Second);
        Assert.Equal(6513 - 381, simulation.Ask(Recipe.Sum, 80 * Second));
    }

    [Fact]
    public void Push_times_are_compared_to_the_last_bit()
    {
        var simulation = EverySecond();
        simulation.Push(3 * Second, 10);
        simulation.Run(60 * Second);
        Assert.Equal(0, simulation.Ask(Recipe.Sum, 60 * Second));
    }
}
