using Tallygate.Model;

namespace Tallygate.Rules;

/// <summary>One rule as its file states it; exactly one of <see cref="Record"/> and <see cref="Alert"/> is set.</summary>
public sealed record RuleDefinition
{
    /// <summary>The name of the series that a recording rule writes; empty for an alerting rule.</summary>
    public string Record { get; init; } = "";

    /// <summary>The name of an alerting rule; empty for a recording rule.</summary>
    public string Alert { get; init; } = "";

    /// <summary>The PromQL expression, as written.</summary>
    public required string Expr { get; init; }

    /// <summary>How long an alert must be pending before it fires.</summary>
    public TimeSpan For { get; init; }

    /// <summary>How long an alert goes on firing after its expression stopped to return it.</summary>
    public TimeSpan KeepFiringFor { get; init; }

    /// <summary>Labels that the results get; an empty value takes the label away. For alerting rules the values are templates.</summary>
    public Labels Labels { get; init; } = Labels.Empty;

    /// <summary>Annotations of an alerting rule; the values are templates.</summary>
    public Labels Annotations { get; init; } = Labels.Empty;

    /// <summary><see cref="Record"/> or <see cref="Alert"/>.</summary>
    public string Name => Record.Length > 0 ? Record : Alert;
}
