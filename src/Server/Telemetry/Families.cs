using Tallygate.Model;

namespace Tallygate.Server.Telemetry;

/// <summary>Families of one or a few plain metrics.</summary>
internal static class Families
{
    public static MetricFamily Gauge(string name, string help, double value) => Of(name, help, MetricType.Gauge, (Labels.Empty, value));

    public static MetricFamily Counter(string name, string help, double value) => Of(name, help, MetricType.Counter, (Labels.Empty, value));

    public static MetricFamily Of(string name, string help, MetricType type, params ReadOnlySpan<(Labels Labels, double Value)> metrics)
    {
        var list = new Metric[metrics.Length];
        for (var i = 0; i < list.Length; i++)
        {
            list[i] = new Metric
            {
                Labels = metrics[i].Labels,
                Payload = type == MetricType.Counter ? MetricPayload.Counter : MetricPayload.Gauge,
                Value = metrics[i].Value,
            };
        }

        return new MetricFamily { Name = name, Help = help, Type = type, Metrics = list };
    }
}
