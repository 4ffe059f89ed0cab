using System.Buffers;
using Tallygate.Exposition.OpenMetrics;
using Tallygate.Exposition.Protobuf;
using Tallygate.Exposition.Text;
using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>Metric families in any of the forms in which scrapers get them. Stateless.</summary>
public static class ExpositionWriter
{
    /// <summary>Appends <paramref name="family"/>.</summary>
    public static void Write(IBufferWriter<byte> target, ExpositionFormat format, MetricFamily family, ExpositionWriteOptions options)
    {
        switch (format)
        {
            case ExpositionFormat.Text:
                PrometheusTextWriter.Write(target, family, options.Escaping);
                break;
            case ExpositionFormat.ProtobufDelimited:
                MetricFamilyCodec.WriteDelimited(target, family, options.Escaping);
                break;
            case ExpositionFormat.ProtobufText or ExpositionFormat.ProtobufCompactText:
                MetricFamilyText.Write(target, family, options.Escaping, compact: format == ExpositionFormat.ProtobufCompactText);
                break;
            case ExpositionFormat.OpenMetrics or ExpositionFormat.OpenMetrics001:
                OpenMetricsWriter.Write(target, family, options);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(format));
        }
    }

    /// <summary>Appends what stands behind the last family.</summary>
    public static void End(IBufferWriter<byte> target, ExpositionFormat format)
    {
        if (format is ExpositionFormat.OpenMetrics or ExpositionFormat.OpenMetrics001)
        {
            OpenMetricsWriter.End(target);
        }
    }
}
