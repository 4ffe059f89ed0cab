namespace Tallygate.Model.RegularExpressions;

/// <summary>A part of a regular expression.</summary>
internal sealed record Re2Node(Re2NodeKind Kind)
{
    public static readonly Re2Node Empty = new(Re2NodeKind.Empty);

    /// <summary>The code points of a <see cref="Re2NodeKind.Set"/>.</summary>
    public CodePointSet? Set { get; init; }

    /// <summary>The parts of what has some.</summary>
    public IReadOnlyList<Re2Node> Parts { get; init; } = [];

    /// <summary>How often a repetition comes at least.</summary>
    public int Min { get; init; }

    /// <summary>How often a repetition comes at most; -1 for any number of times.</summary>
    public int Max { get; init; }

    /// <summary>Whether a repetition takes as little as it can.</summary>
    public bool Lazy { get; init; }

    /// <summary>The one part.</summary>
    public Re2Node Inner => Parts[0];

    public static Re2Node Of(CodePointSet set) => new(Re2NodeKind.Set) { Set = set };

    public static Re2Node Sequence(List<Re2Node> parts) =>
        parts.Count switch { 0 => Empty, 1 => parts[0], _ => new(Re2NodeKind.Sequence) { Parts = parts } };

    public static Re2Node Alternation(List<Re2Node> parts) =>
        parts.Count == 1 ? parts[0] : new(Re2NodeKind.Alternation) { Parts = parts };
}
