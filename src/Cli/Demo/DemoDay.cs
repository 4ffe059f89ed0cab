namespace Tallygate.Cli.Demo;

/// <summary>
/// The demo's day: a nightly and an hourly job, and everything that makes their figures hard to add up. All times are chosen so that
/// no two things meet in one sampling or evaluation slot by accident: what each way of counting gets wrong, it gets wrong by its nature.
/// </summary>
internal static class DemoDay
{
    /// <summary>How long the day is.</summary>
    public const long LengthMs = 24 * Hour;

    /// <summary>How often the gateway view is sampled and the rules are evaluated.</summary>
    public const long IntervalMs = 15 * Second;

    /// <summary>How far after each evaluation the sampling comes.</summary>
    public const long SamplingPhaseMs = 7 * Second;

    /// <summary>The hourly job.</summary>
    public const string Hourly = "hourly";

    /// <summary>The nightly job.</summary>
    public const string Nightly = "nightly";

    private const long Second = 1000;
    private const long Minute = 60 * Second;
    private const long Hour = 60 * Minute;

    /// <summary>All that happens, in order.</summary>
    public static IReadOnlyList<DemoEvent> Events { get; } =
    [
        .. Runs()
            .Append(new(At(2, 0, 20), DemoEventKind.Push, Nightly, 48_210))
            // Pushes closer together than the interval: three runs end between two samples.
            .Append(new(At(14, 30, 8), DemoEventKind.Push, Hourly, 1_111))
            .Append(new(At(14, 30, 11), DemoEventKind.Push, Hourly, 2_222))
            .Append(new(At(14, 30, 14), DemoEventKind.Push, Hourly, 3_333))
            // Nobody samples for three quarters of an hour; two runs end meanwhile.
            .Append(new(At(9, 55, 1), DemoEventKind.OutageBegins))
            .Append(new(At(10, 25, 3), DemoEventKind.Push, Hourly, 875))
            .Append(new(At(10, 40, 7), DemoEventKind.OutageEnds))
            // The hourly job's group is deleted and comes back with its next run.
            .Append(new(At(16, 45, 2), DemoEventKind.Delete, Hourly))
            .Append(new(At(20, 30, 1), DemoEventKind.Stop))
            .Append(new(At(20, 32, 1), DemoEventKind.Start))
            .OrderBy(e => e.AtMs),
    ];

    /// <summary>What was really pushed: the sum that every way of counting is measured against.</summary>
    public static long Truth => Events.Where(e => e.Kind == DemoEventKind.Push).Sum(e => e.Records);

    private static IEnumerable<DemoEvent> Runs()
    {
        for (var hour = 0; hour < 24; hour++)
        {
            yield return new(At(hour, 10, 3 + (hour * 7 % 30)), DemoEventKind.Push, Hourly, 300 + (hour * 7919 % 700));
        }
    }

    private static long At(int hours, int minutes, int seconds) => (hours * Hour) + (minutes * Minute) + (seconds * Second);
}
