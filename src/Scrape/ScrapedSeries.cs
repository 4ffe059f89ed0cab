using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Scrape;

/// <summary>One series of a target, as it is stored. Belongs to one <see cref="ScrapeCache"/>.</summary>
internal sealed class ScrapedSeries(Labels labels)
{
    /// <summary>The store's reference; appends set it.</summary>
    public SeriesRef Reference;

    public Labels Labels { get; } = labels;

    /// <summary>The latest scrape that showed it.</summary>
    public long UsedIn { get; set; }

    /// <summary>The latest scrape that showed it in a way that lets its end be noticed.</summary>
    public long TrackedIn { get; set; }
}
