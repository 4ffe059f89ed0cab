using Tallygate.Model;

namespace Tallygate.Gateway;

/// <summary>One declared running total: which pushed metrics it takes, what it does with them, and which labels it keeps. Immutable.</summary>
public sealed class TotalRule
{
    /// <summary>All conditions on a metric; its name is the label <c>__name__</c>, for a histogram the family's.</summary>
    public required IReadOnlyList<LabelMatcher> Matchers { get; init; }

    /// <summary>What it does.</summary>
    public TotalKind Kind { get; init; } = TotalKind.Sum;

    /// <summary>Whether <see cref="Labels"/> are those that are kept (<c>by</c>); else they are those that are dropped (<c>without</c>).</summary>
    public bool By { get; init; }

    /// <summary>The labels that are kept or dropped, sorted.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether a metric is taken.</summary>
    public bool Takes(string name, Labels labels)
    {
        foreach (var matcher in Matchers)
        {
            if (!matcher.Matches(matcher.Name == Model.Labels.MetricName ? name : labels.Get(matcher.Name)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The labels of the total that a metric belongs to. <c>job</c> and <c>instance</c> are always there, empty where they were dropped, so
    /// that no scraper puts its own in their place.
    /// </summary>
    public Labels LabelsOf(Labels labels)
    {
        var kept = new LabelsBuilder();
        foreach (ref readonly var label in labels.AsSpan())
        {
            if (Labels.Contains(label.Name) == By && label.Value.Length > 0)
            {
                kept.Set(label.Name, label.Value);
            }
        }

        var total = kept.ToLabels();
        total = total.Has("instance") ? total : total.With("instance", "");
        return total.Has("job") ? total : total.With("job", "");
    }

    /// <summary>The name of the total of a family that is neither a histogram nor a summary.</summary>
    public string NameOf(string family)
    {
        const string Total = "_total";
        var stem = family.EndsWith(Total, StringComparison.Ordinal) && family.Length > Total.Length ? family[..^Total.Length] : family;
        return Kind switch
        {
            TotalKind.Last => family + "_pushed_last",
            TotalKind.Max => family + "_pushed_max",
            TotalKind.Min => family + "_pushed_min",
            _ => stem + "_pushed_total",
        };
    }

    /// <summary>As PromQL would write it: equal rules have equal texts.</summary>
    public override string ToString() =>
        $"{Kind.ToString().ToLowerInvariant()} {(By ? "by" : "without")} ({string.Join(", ", Labels.Select(l => GoQuote.Quote(l)))}) {{{string.Join(", ", Matchers)}}}";
}
