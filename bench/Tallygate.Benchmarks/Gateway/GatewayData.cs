using Tallygate.Model;
using Tallygate.Model.Histograms;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Benchmarks.Gateway;

/// <summary>Pushes of about 1 KB: ten families of one metric with a label.</summary>
internal static class GatewayData
{
    public static Labels Key(int group) => Labels.Of("job", "nightly", "instance", $"host-{group:d5}");

    public static MetricFamily[] Families(double value) =>
        [.. Enumerable.Range(0, 10).Select(i => new MetricFamily
        {
            Name = $"records_processed_{i}",
            Help = "How many records the run processed.",
            Type = MetricType.Gauge,
            Metrics = [new Metric { Labels = Labels.Of("stage", "load"), Payload = MetricPayload.Gauge, Value = value + i }],
        })];

    /// <summary>A store that takes everything and keeps nothing, so that only the gateway is measured.</summary>
    public sealed class NullStorage : IAppendableStorage, IAppender
    {
        public long DurableSourcePosition => 0;

        public IAppender Appender() => this;

        public AppendStatus Append(ref SeriesRef series, Labels labels, long time, double value) => AppendStatus.Appended;

        public AppendStatus Append(ref SeriesRef series, Labels labels, long time, FloatHistogram histogram) => AppendStatus.Appended;

        public void Commit(long sourcePosition = 0)
        {
        }

        public void Rollback()
        {
        }

        public void Dispose()
        {
        }
    }
}
