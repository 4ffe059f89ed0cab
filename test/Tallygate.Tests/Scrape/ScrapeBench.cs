using Tallygate.Model;
using Tallygate.Scrape;
using Tallygate.Storage;
using MatchType = Tallygate.Model.MatchType;

namespace Tallygate.Tests.Scrape;

/// <summary>A store and a scraper of one target, scraped every ten seconds from 0.</summary>
internal sealed class ScrapeBench
{
    public ScrapeBench() => Manager = new ScrapeManager(
        new ScrapeManagerOptions { Transport = _ => Transport }, Storage, TimeProvider.System);

    public StubTransport Transport { get; } = new();

    public InMemoryStorage Storage { get; } = new();

    public ScrapeManager Manager { get; }

    public static ScrapeDefinition Job => new()
    {
        JobName = "job",
        Interval = TimeSpan.FromSeconds(10),
        Phase = TimeSpan.Zero,
        StaticTargets = [new StaticTargets(["target:9091"], Labels.Empty)],
    };

    public void Load(ScrapeDefinition definition, long now = 0) => Assert.Empty(Manager.Apply([definition], now));

    /// <summary>Scrapes at the time, which shows the body.</summary>
    public void Scrape(long now, string body)
    {
        Transport.Show(body);
        Manager.Step(now);
        Assert.True(Manager.IdleAsync().IsCompleted);
    }

    /// <summary>All samples but those about the scrapes, as text in order of series and time; a stale marker is <c>stale</c>.</summary>
    public IReadOnlyList<string> Samples(string name = "") => [.. All()
        .Where(s => name.Length > 0 ? s.Labels.Name == name : !IsReport(s.Labels.Name))
        .Select(static s => FormattableString.Invariant($"{s.Labels.Name}{s.Labels.WithoutName()} {(StaleMarker.Is(s.Value) ? "stale" : s.Value)} @{s.Time}"))];

    public IEnumerable<(Labels Labels, long Time, double Value)> All()
    {
        using var querier = Storage.Querier(long.MinValue, long.MaxValue);
        var set = querier.Select(true, null, [new LabelMatcher(MatchType.NotEqual, Labels.MetricName, "")]);
        var samples = new List<(Labels, long, double)>();
        var times = new long[64];
        var values = new double[64];
        while (set.MoveNext())
        {
            var cursor = set.Current.Samples(long.MinValue, long.MaxValue);
            for (var count = cursor.Read(times, values); count > 0; count = cursor.Read(times, values))
            {
                for (var i = 0; i < count; i++)
                {
                    samples.Add((set.Current.Labels, times[i], values[i]));
                }
            }
        }

        return samples;
    }

    private static bool IsReport(string name) => name == "up" || name.StartsWith("scrape_", StringComparison.Ordinal);
}
