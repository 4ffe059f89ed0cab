using Tallygate.Gateway.Folds;
using Tallygate.Model;

namespace Tallygate.Gateway.Page;

/// <summary>One metric at its place in a family.</summary>
internal struct PageLine(GroupFamily source, int index, Labels group) : IComparable<PageLine>
{
    /// <summary>The family that holds the metric.</summary>
    public readonly GroupFamily Source = source;

    /// <summary>The key of the group that holds it; it only tells lines apart that are equal otherwise.</summary>
    public readonly Labels Group = group;

    /// <summary>Which of the family's metrics it is.</summary>
    public readonly int Index = index;

    /// <summary>Where the page's text holds it; -1 where it is to be written anew.</summary>
    public int Start = -1;

    /// <summary>How long its text is: it may be several lines.</summary>
    public int Length;

    /// <summary>The metric.</summary>
    public readonly Metric Metric => Source.Family.Metrics[Index];

    /// <summary>The metric's labels.</summary>
    public readonly Labels Labels => Source.Family.LabelsAt(Index);

    /// <summary>
    /// The order of the Pushgateway: fewer labels first, then by the values in the order of the label names. Where that leaves
    /// a tie (the names are not compared there), names decide, then groups.
    /// </summary>
    public readonly int CompareTo(PageLine other)
    {
        var labels = Labels;
        var others = other.Labels;
        if (ReferenceEquals(labels, others) && ReferenceEquals(Group, other.Group))
        {
            return 0;
        }

        var order = Compare(labels, others);
        order = order != 0 ? order : labels.CompareTo(others);
        return order != 0 ? order : Group.CompareTo(other.Group);
    }

    /// <summary>Compares two metrics' labels as the Pushgateway does; 0 for a tie.</summary>
    public static int Compare(Labels a, Labels b)
    {
        var order = a.Count - b.Count;
        for (var i = 0; order == 0 && i < a.Count; i++)
        {
            order = Utf8Order.CompareOrdinal(a[i].Value, b[i].Value);
        }

        return order;
    }
}
