using Tallygate.Model;

namespace Tallygate.Gateway.Persistence;

/// <summary>Puts single samples together to pushes: those of one group and one time are one push. Series are plain values, parts of histograms too.</summary>
public sealed class SeedBuilder
{
    private readonly Dictionary<(Labels Group, long UnixNano), SortedDictionary<string, List<Metric>>> _pushes = [];

    /// <summary>How many pushes there are.</summary>
    public int Count => _pushes.Count;

    /// <summary>Adds a sample to the push of a group at a time.</summary>
    /// <param name="series">The series, with its name.</param>
    public void Add(Labels group, long unixNano, Labels series, double value)
    {
        if (!_pushes.TryGetValue((group, unixNano), out var families))
        {
            families = new SortedDictionary<string, List<Metric>>(Utf8Order.Instance);
            _pushes.Add((group, unixNano), families);
        }

        if (!families.TryGetValue(series.Name, out var metrics))
        {
            metrics = [];
            families.Add(series.Name, metrics);
        }

        metrics.Add(new Metric { Labels = series.Without(Labels.MetricName), Payload = MetricPayload.Untyped, Value = value });
    }

    /// <summary>Adds a push that brings nothing yet.</summary>
    public void Add(Labels group, long unixNano) => _pushes.TryAdd((group, unixNano), new SortedDictionary<string, List<Metric>>(Utf8Order.Instance));

    /// <summary>All pushes, in no order.</summary>
    public IReadOnlyList<SeedPush> Pushes() =>
    [
        .. _pushes.Select(static p => new SeedPush(
            p.Key.Group,
            p.Key.UnixNano,
            [.. p.Value.Select(static f => new MetricFamily { Name = f.Key, Type = MetricType.Untyped, Metrics = f.Value })])),
    ];
}
