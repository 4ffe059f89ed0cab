namespace Tallygate.Lab;

/// <summary>
/// The situations in which the known recipe was measured, one history each: what it gets right, what it loses and what it counts again.
/// </summary>
internal static class KnownTroubles
{
    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const string Job = "/job/myjob";

    public static IReadOnlyList<(int Row, string Name, History History)> All { get; } =
    [
        Row(1, "a push every 6 s", [.. Pushes(Job, 0, 12, 6 * Second)]),
        Row(2, "the recipe's rules in the other order", [.. Pushes(Job, 0, 12, 6 * Second)], RecipeForm.Reversed),
        Row(3, "a scrape that does not honor labels", [.. Pushes(Job, 0, 12, 6 * Second)], RecipeForm.Unhonored),
        Row(4, "the metric has labels of its own", [.. Pushes(Job, 0, 8, 20 * Second, "a", "b")]),
        Row(5, "a push every 0.37 s", [.. Pushes(Job, 0, 60, 370)]),
        Row(6, "a group for each run, deleted after it", [.. Enumerable.Range(0, 10).SelectMany(OwnGroup)]),
        Row(7, "three instances", [.. Enumerable.Range(0, 3).SelectMany(i => Pushes($"{Job}/instance/i{i}", i * Second, 8, 20 * Second))]),
        Row(8, "deleted, pushed again after 20 s", Push(Second, 10), Push(40 * Second, 20), Delete(60 * Second), Push(80 * Second, 30)),
        Row(9, "deleted, pushed again after 5 min 30 s", Push(Second, 20), Delete(40 * Second), Push((5 * Minute) + (70 * Second), 40)),
        Row(10, "18 s of failed scrapes, one push", Push(Second, 1), Outage(40 * Second), Push(50 * Second, 100), Back(58 * Second)),
        Row(11, "failed scrapes, two pushes", Push(Second, 1), Outage(40 * Second), Push(50 * Second, 1000), Push(70 * Second, 2000), Back(80 * Second)),
        Row(12, "333 s of failed scrapes, one push", Push(Second, 1), Outage(40 * Second), Push(100 * Second, 10_000), Back(373 * Second), Push(400 * Second, 20_000)),
        Row(13, "scrapes and evaluations stand still for 30 s, one push", Push(Second, 1), Stall(40 * Second), Push(50 * Second, 100), Wake(70 * Second)),
        Row(14, "they stand still, two pushes", Push(Second, 1), Stall(40 * Second), Push(50 * Second, 1000), Push(60 * Second, 2000), Wake(70 * Second)),
        Row(15, "restart with a push, kill -9 with a push", Push(Second, 5), Restart(40 * Second), Push(41 * Second, 10_000), Kill(80 * Second, 2), Push(81 * Second, 20_000, "k1")),
        Row(16, "12 restarts with a push around each", [.. Enumerable.Range(0, 12).SelectMany(Restarted)]),
        Row(17, "a push every 4 s", [.. Pushes(Job, 0, 20, 4 * Second)]),
        Row(18, "15 reloads with a renamed rule group, a push around each", [.. Enumerable.Range(0, 15).SelectMany(Reloaded)]),
        Row(19, "power loss, the newest pushes not yet scraped", Push(Second, 1), Push(30 * Second, 10), Power(60 * Second, 3), Push(61 * Second, 20, "k1"), Push(90 * Second, 100, "k2")),
        Row(20, "a start marker and a result, with a run id", [.. Enumerable.Range(1, 3).SelectMany(Marked)]),
        Row(21, "running progress, with a run id", Progress(Second, 10, false), Progress(40 * Second, 20, false), Progress(80 * Second, 30, true)),
        Row(22, "a retry of a push that had succeeded, with a key", Push(40 * Second, 50, "k"), Push(42 * Second, 50, "k")),
        Row(23, "a push that is refused", At(Second, new LabPush(true, Job, [("", 1)]) { Bad = true })),
        Row(24, "pushes in the very moments of scrape and evaluation", [.. Pushes(Job, 0, 60, World.IntervalMs)]),
        Row(25, "the recipe's rules in separate groups", [.. Pushes(Job, 0, 60, World.IntervalMs)], RecipeForm.Apart),
        Row(26, "labels of its own after a push of zeros", [At(Second, new LabPush(true, Job, [("a", 0), ("b", 0)])), .. Pushes(Job, 30 * Second, 5, 30 * Second, "a", "b")], RecipeForm.Repaired),
        Row(27, "on the edge of two windows", Push(30 * Second, 7)),
    ];

    private static (int Row, string Name, History History) Row(int row, string name, params LabEvent[] events) => Row(row, name, events, RecipeForm.Printed);

    private static (int Row, string Name, History History) Row(int row, string name, LabEvent[] events, RecipeForm recipe) =>
        (row, name, new History(-row, 20 * Minute, [.. events.OrderBy(e => e.AtMs)]) { Recipe = recipe });

    private static IEnumerable<LabEvent> Pushes(string group, long start, int count, long gap, params string[] types)
    {
        string[] all = types.Length == 0 ? [""] : types;
        return Enumerable.Range(0, count).Select(i =>
            At(start + (i * gap), new LabPush(true, group, [.. all.Select((t, j) => (t, (double)((i * 37 % 91) + 10 + j)))])));
    }

    private static IEnumerable<LabEvent> OwnGroup(int run)
    {
        var group = $"{Job}/instance/run{run}";
        var at = run * Minute;
        return [At(at, new LabPush(true, group, [("", 10 + run)])), new LabEvent(at + (40 * Second), LabEventKind.Delete, Group: group)];
    }

    private static IEnumerable<LabEvent> Restarted(int i) =>
        [Push((i * Minute) + 1, 1 + i), Restart((i * Minute) + (5 * Second)), Push((i * Minute) + (6 * Second), 2)];

    private static IEnumerable<LabEvent> Reloaded(int i) =>
        [Push((i * Minute) + 1, 3 + i), new LabEvent((i * Minute) + (10 * Second), LabEventKind.Reload), Push((i * Minute) + (30 * Second), 4)];

    private static IEnumerable<LabEvent> Marked(int i)
    {
        var at = i * 2 * Minute;
        return
        [
            At(at, new LabPush(false, Job, [], at) { Run = $"r{i}" }),
            At(at + Minute, new LabPush(false, Job, [("", i * 10)]) { Run = $"r{i}", EndsRun = true }),
        ];
    }

    private static LabEvent Progress(long at, double value, bool last) => At(at, new LabPush(true, Job, [("", value)]) { Run = "r", EndsRun = last });

    private static LabEvent Push(long at, double value, string? key = null) => At(at, new LabPush(true, Job, [("", value)]) { Key = key });

    private static LabEvent At(long at, LabPush push) => new(at, LabEventKind.Push, push);

    private static LabEvent Delete(long at) => new(at, LabEventKind.Delete, Group: Job);

    private static LabEvent Outage(long at) => new(at, LabEventKind.OutageBegins);

    private static LabEvent Back(long at) => new(at, LabEventKind.OutageEnds);

    private static LabEvent Stall(long at) => new(at, LabEventKind.StallBegins);

    private static LabEvent Wake(long at) => new(at, LabEventKind.StallEnds);

    private static LabEvent Restart(long at) => new(at, LabEventKind.Restart);

    private static LabEvent Kill(long at, long writes) => new(at, LabEventKind.Kill, Amount: writes);

    private static LabEvent Power(long at, long writes) => new(at, LabEventKind.PowerLoss, Amount: writes);
}
