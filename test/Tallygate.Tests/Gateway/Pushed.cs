using System.Text;
using Tallygate.Gateway;
using Tallygate.Gateway.Page;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Tests.Gateway;

/// <summary>Short ways to write pushes and to read what they leave.</summary>
internal static class Pushed
{
    public static MetricFamily Family(string name, MetricType type, params (string Labels, double Value)[] metrics) =>
        new() { Name = name, Type = type, Metrics = [.. metrics.Select(m => Metric(type, m.Labels, m.Value))] };

    public static MetricFamily Gauge(string name, double value, string labels = "") => Family(name, MetricType.Gauge, (labels, value));

    public static MetricFamily Help(this MetricFamily family, string help) =>
        new() { Name = family.Name, Type = family.Type, Help = help, Metrics = family.Metrics };

    public static MetricFamily Histogram(string name, string labels, double sum, params (double Bound, ulong Count)[] buckets) => new()
    {
        Name = name,
        Type = MetricType.Histogram,
        Metrics =
        [
            new Metric
            {
                Labels = Read(labels),
                Payload = MetricPayload.Histogram,
                Histogram = new Histogram
                {
                    SampleCount = buckets[^1].Count,
                    SampleSum = sum,
                    Buckets = [.. buckets.Select(b => new ClassicBucket(b.Bound, b.Count))],
                },
            },
        ],
    };

    public static MetricFamily Summary(string name, string labels, double sum, ulong count, params (double Rank, double Value)[] quantiles) => new()
    {
        Name = name,
        Type = MetricType.Summary,
        Metrics =
        [
            new Metric
            {
                Labels = Read(labels),
                Payload = MetricPayload.Summary,
                Summary = new Summary
                {
                    SampleCount = count,
                    SampleSum = sum,
                    Quantiles = [.. quantiles.Select(q => new Quantile(q.Rank, q.Value))],
                },
            },
        ],
    };

    public static PushRequest Put(string group, params MetricFamily[] families) => new(PushVerb.Replace, Read(group), families);

    public static PushRequest Post(string group, params MetricFamily[] families) => new(PushVerb.Merge, Read(group), families);

    /// <summary>Labels as <c>job=a,x=1</c>.</summary>
    public static Labels Read(string text) =>
        Labels.From(text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=')).Select(p => new Label(p[0], p[1])).ToArray());

    public static string AsText(this MetricsPage page, params MetricFamily[] own) =>
        string.Concat(page.Text(own).Select(p => Encoding.UTF8.GetString(p.Span)));

    /// <summary>All samples of a store as text, sorted: <c>{__name__="a"} 1 @1000</c>.</summary>
    public static List<string> Samples(IQueryableStorage storage, string namePattern = ".*")
    {
        var lines = new List<string>();
        foreach (var (labels, time, value) in Read(storage, namePattern))
        {
            lines.Add($"{labels} {(StaleMarker.Is(value) ? "stale" : FloatText.Format(value, FloatForm.General))} @{time}");
        }

        lines.Sort(StringComparer.Ordinal);
        return lines;
    }

    public static List<(Labels Labels, long Time, double Value)> Read(IQueryableStorage storage, string namePattern)
    {
        using var querier = storage.Querier(long.MinValue, long.MaxValue);
        var samples = new List<(Labels, long, double)>();
        var set = querier.Select(false, null, [new LabelMatcher(Tallygate.Model.MatchType.Regexp, Labels.MetricName, namePattern)]);
        var times = new long[64];
        var values = new double[64];
        while (set.MoveNext())
        {
            var cursor = set.Current.Samples(long.MinValue, long.MaxValue);
            while (cursor.Next == SampleKind.Float)
            {
                var read = cursor.Read(times, values);
                for (var i = 0; i < read; i++)
                {
                    samples.Add((set.Current.Labels, times[i], values[i]));
                }
            }
        }

        return samples;
    }

    private static Metric Metric(MetricType type, string labels, double value) => new()
    {
        Labels = Read(labels),
        Payload = type switch { MetricType.Counter => MetricPayload.Counter, MetricType.Gauge => MetricPayload.Gauge, _ => MetricPayload.Untyped },
        Value = value,
    };
}
