using Tallygate.Model;

namespace Tallygate.Scrape;

/// <summary>One target that is to be scraped. Two plans with equal labels and address are the same target.</summary>
/// <param name="DiscoveredLabels">The labels before relabeling.</param>
/// <param name="Labels">The labels that its samples get.</param>
/// <param name="Url">What is fetched.</param>
internal sealed record TargetPlan(Labels DiscoveredLabels, Labels Labels, Uri Url, TimeSpan Interval, TimeSpan Timeout)
{
    /// <summary>What makes it the same target after a reload.</summary>
    public (Labels Labels, string Url) Key => (Labels, Url.AbsoluteUri);
}
