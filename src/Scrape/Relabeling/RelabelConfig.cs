namespace Tallygate.Scrape.Relabeling;

/// <summary>One relabeling step as the configuration states it; defaults as in Prometheus.</summary>
public sealed record RelabelConfig
{
    /// <summary>What is done.</summary>
    public RelabelAction Action { get; init; } = RelabelAction.Replace;

    /// <summary>The labels whose values, joined by <see cref="Separator"/>, are the source.</summary>
    public IReadOnlyList<string> SourceLabels { get; init; } = [];

    /// <summary>What stands between two source values.</summary>
    public string Separator { get; init; } = ";";

    /// <summary>The regular expression, in RE2's language; it must match the whole source.</summary>
    public string Regex { get; init; } = DefaultRegex;

    /// <summary>The divisor of <see cref="RelabelAction.HashMod"/>.</summary>
    public ulong Modulus { get; init; }

    /// <summary>The label that is written; for replace it may refer to groups of the expression.</summary>
    public string TargetLabel { get; init; } = "";

    /// <summary>What is written; <c>$1</c> and <c>${name}</c> stand for groups of the expression.</summary>
    public string Replacement { get; init; } = DefaultReplacement;

    /// <summary>The regular expression where none is given.</summary>
    public const string DefaultRegex = "(.*)";

    /// <summary>The replacement where none is given.</summary>
    public const string DefaultReplacement = "$1";
}
