using Tallygate.Model;

namespace Tallygate.Gateway.Schedules;

/// <summary>How often jobs should run, as the configuration declares it. Immutable.</summary>
public sealed record JobSchedule
{
    /// <summary>Conditions on the label <c>job</c>; of several schedules that fit a job the first one holds.</summary>
    public required IReadOnlyList<LabelMatcher> Matchers { get; init; }

    /// <summary>The longest time from the end of one run to that of the next.</summary>
    public required TimeSpan Every { get; init; }

    /// <summary>How much later a run may end before it is missed.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>The one job that this is about; null where it may be many.</summary>
    public string? OnlyJob => Matchers.FirstOrDefault(static m => m is { Name: "job", Type: Model.MatchType.Equal, Value.Length: > 0 })?.Value;

    /// <summary>Whether it is about a job.</summary>
    public bool Fits(string job) => Matchers.All(m => m.Matches(m.Name == "job" ? job : ""));
}
