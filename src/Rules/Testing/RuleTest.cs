using Tallygate.Model;

namespace Tallygate.Rules.Testing;

/// <summary>One test: series that go in, and what must come of them.</summary>
public sealed record RuleTest
{
    /// <summary>The name, for messages; may be empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>The distance of the samples.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>The time of the first sample and evaluation, Unix ms.</summary>
    public long Start { get; init; }

    /// <summary>The series with their samples, in the notation of series.</summary>
    public IReadOnlyList<string> Series { get; init; } = [];

    /// <summary>What alerts see as external labels.</summary>
    public Labels ExternalLabels { get; init; } = Labels.Empty;

    /// <summary>What alerts see as the URL of the server.</summary>
    public string ExternalUrl { get; init; } = "";

    /// <summary>The alerts that must fire.</summary>
    public IReadOnlyList<AlertExpectation> Alerts { get; init; } = [];

    /// <summary>What queries must give.</summary>
    public IReadOnlyList<QueryExpectation> Queries { get; init; } = [];
}
