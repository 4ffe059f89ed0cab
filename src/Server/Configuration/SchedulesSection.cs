using Tallygate.Gateway.Schedules;
using Tallygate.Model;
using Tallygate.PromQL.Parsing;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>Reads <c>gateway.schedules</c>: how often jobs should run.</summary>
internal static class SchedulesSection
{
    private const int DefaultGraceShare = 10;

    public static IReadOnlyList<JobSchedule> Read(YamlMap gateway)
    {
        var schedules = new List<JobSchedule>();
        foreach (var item in gateway.Items("schedules"))
        {
            if (Schedule(YamlMap.Of(gateway.File, item, "schedule"), item) is { } schedule)
            {
                schedules.Add(schedule);
            }
        }

        return schedules;
    }

    private static JobSchedule? Schedule(YamlMap map, YamlNode item)
    {
        var matchers = Matchers(map, item);
        var every = map.Duration("every");
        var grace = map.Duration("grace");
        if (every is null && !map.Has("every"))
        {
            map.File.Fail(item, "a schedule needs the time from one run to the next: every");
        }
        else if (every == TimeSpan.Zero)
        {
            map.File.Fail(map.Get("every")!, "every must be greater than 0");
        }

        map.End();
        return matchers is null || every is not { } time ? null : new JobSchedule { Matchers = matchers, Every = time, Grace = grace ?? time / DefaultGraceShare };
    }

    private static IReadOnlyList<LabelMatcher>? Matchers(YamlMap map, YamlNode item)
    {
        if (map.Text("match") is not { } text)
        {
            map.File.Fail(map.Get("match") ?? item, "a schedule needs a selector of jobs: match");
            return null;
        }

        if (!Parser.TryParseMatchers(text, out var matchers, out var errors))
        {
            map.File.Fail(map.Get("match")!, $"match: {errors[0].Message}");
            return null;
        }

        if (matchers.Any(static m => m.Name != "job"))
        {
            map.File.Fail(map.Get("match")!, "a schedule is about jobs: match may name no label but job");
            return null;
        }

        return matchers;
    }
}
