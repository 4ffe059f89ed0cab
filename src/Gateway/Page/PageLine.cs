using Tallygate.Model;

namespace Tallygate.Gateway.Page;

/// <summary>One metric at its place in a family.</summary>
/// <param name="Metric">The metric.</param>
/// <param name="Group">The key of the group that holds it; it only tells lines apart that are equal otherwise.</param>
internal readonly record struct PageLine(Metric Metric, Labels Group) : IComparable<PageLine>
{
    /// <summary>
    /// The order of the Pushgateway: fewer labels first, then by the values in the order of the label names. Where that leaves
    /// a tie (the names are not compared there), names decide, then groups.
    /// </summary>
    public int CompareTo(PageLine other)
    {
        if (ReferenceEquals(Metric.Labels, other.Metric.Labels) && ReferenceEquals(Group, other.Group))
        {
            return 0;
        }

        var order = Compare(Metric.Labels, other.Metric.Labels);
        order = order != 0 ? order : Metric.Labels.CompareTo(other.Metric.Labels);
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
