using Tallygate.Model;

namespace Tallygate.Gateway.Totals;

/// <summary>One running total: what was counted, and what of it is published. Belongs to the writer, but for what is published.</summary>
internal abstract class Total(string family, MetricType type, Labels labels, long bornMs)
{
    /// <summary>The family it is a metric of.</summary>
    public string Family => family;

    /// <summary>The family's type.</summary>
    public MetricType Type => type;

    /// <summary>The labels.</summary>
    public Labels Labels => labels;

    /// <summary>When the entry came that it began with, Unix milliseconds. Until then it was 0.</summary>
    public long BornMs => bornMs;

    /// <summary>Whether it changed since it was published.</summary>
    public bool IsDirty { get; set; }

    /// <summary>The version of the totals in which it was last published; 0 for never.</summary>
    public long PublishedIn { get; set; }

    /// <summary>Publishes it as it stands.</summary>
    public abstract void Publish();

    /// <summary>As last published; with <paramref name="zero"/> as it stood before its birth.</summary>
    public abstract Metric ToMetric(bool zero);

    /// <summary>What may be added to a sum; null where it may.</summary>
    protected static LeftOut? Fault(double value, bool sum) =>
        double.IsNaN(value) ? LeftOut.NaN : double.IsInfinity(value) ? LeftOut.Infinite : sum && value < 0 ? LeftOut.Negative : null;
}
