using Tallygate.Gateway;

namespace Tallygate.Server.Configuration;

/// <summary>Reads the section <c>gateway</c>, which Prometheus does not have: what holds for pushes.</summary>
internal static class GatewaySection
{
    public static GatewaySettings Read(YamlMap map)
    {
        var defaults = GatewaySettings.Default;
        var settings = defaults with
        {
            IdempotencyWindow = Window(map, "idempotency_window", defaults.IdempotencyWindow),
            IdempotencyKeys = Keys(map, defaults.IdempotencyKeys),
            RunTimeout = Window(map, "run_timeout", defaults.RunTimeout),
            CloseRunOnNext = map.Bool("close_run_on_next") ?? defaults.CloseRunOnNext,
            ZeroFor = map.Duration("zero_for") ?? defaults.ZeroFor,
            Schedules = SchedulesSection.Read(map),
            LearnSchedules = map.Bool("learn_schedules") ?? defaults.LearnSchedules,
            Totals = TotalsSection.Read(map),
            TimeToLive = map.Duration("ttl") ?? defaults.TimeToLive,
            Groups = GroupsSection.Read(map),
            LateWindow = map.Duration("late_window") ?? defaults.LateWindow,
            AheadWindow = map.Duration("ahead_window") ?? defaults.AheadWindow,
        };
        map.End();
        return settings;
    }

    private static TimeSpan Window(YamlMap map, string key, TimeSpan otherwise)
    {
        var window = map.Duration(key);
        if (window == TimeSpan.Zero)
        {
            map.File.Fail(map.Get(key)!, $"{key} must be greater than 0");
        }

        return window ?? otherwise;
    }

    private static int Keys(YamlMap map, int otherwise)
    {
        const string Key = "idempotency_keys";
        var keys = map.Whole(Key);
        if (keys is < 1 or > 100_000_000)
        {
            map.File.Fail(map.Get(Key)!, $"{Key} must be between 1 and 100000000");
            return otherwise;
        }

        return (int)(keys ?? otherwise);
    }
}
