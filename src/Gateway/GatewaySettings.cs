using Tallygate.Gateway.Schedules;

namespace Tallygate.Gateway;

/// <summary>What the configuration file says about the gateway; it may change while pushes come. Immutable.</summary>
public sealed record GatewaySettings
{
    /// <summary>What holds without a configuration file.</summary>
    public static readonly GatewaySettings Default = new();

    /// <summary>How long an idempotency key, and the id of an ended run, is remembered.</summary>
    public TimeSpan IdempotencyWindow { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many keys, and as many ended runs, are remembered at most; the oldest go first.</summary>
    public int IdempotencyKeys { get; init; } = 1_000_000;

    /// <summary>How long after its last push a run ends by itself.</summary>
    public TimeSpan RunTimeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Whether the first push of a run ends the other runs of its group.</summary>
    public bool CloseRunOnNext { get; init; }

    /// <summary>The running totals that are kept, in order: where two rules would make the same total, the first one does.</summary>
    public IReadOnlyList<TotalRule> Totals { get; init; } = [];

    /// <summary>
    /// How long after its birth a counting total shows 0 to scrapers, so that they see it rise: at least two of the slowest scrape intervals.
    /// </summary>
    public TimeSpan ZeroFor { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How long a group's values last if no other push comes, where neither its last push nor a rule says so; zero: for ever.
    /// </summary>
    public TimeSpan TimeToLive { get; init; }

    /// <summary>Rules for groups; the first that picks a group holds for it.</summary>
    public IReadOnlyList<GroupRule> Groups { get; init; } = [];

    /// <summary>How often jobs should run.</summary>
    public IReadOnlyList<JobSchedule> Schedules { get; init; } = [];

    /// <summary>Whether jobs without a schedule have the one that their runs show.</summary>
    public bool LearnSchedules { get; init; } = true;

    /// <summary>How late a push may come.</summary>
    public TimeSpan LateWindow { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How far ahead of this machine's clock the time of a push may lie.</summary>
    public TimeSpan AheadWindow { get; init; } = TimeSpan.FromMinutes(10);
}
