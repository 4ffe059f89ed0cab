using Tallygate.Model;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>How large a push may be. The Pushgateway has no such bounds; these are far above what a batch job has to say. Immutable.</summary>
/// <param name="Body">The most bytes as they are sent.</param>
/// <param name="Unpacked">The most bytes once they are unpacked.</param>
/// <param name="Series">The most series.</param>
internal sealed record PushLimits(long Body, long Unpacked, int Series)
{
    /// <summary>The smallest bounds that no push of the lane can exceed: its bodies are short, and a series has four bytes at least.</summary>
    private const int LaneBytes = 256 * 1024;

    /// <summary>Whether a push that comes by the lane may need to be measured.</summary>
    public bool TouchTheLane => Body < LaneBytes || Unpacked < LaneBytes || Series < LaneBytes / 4;

    public string BodyError => $"the body has more than {Body} bytes (--push.max-body-size)";

    public string UnpackedError => $"the unpacked body has more than {Unpacked} bytes (--push.max-unpacked-size)";

    public string SeriesError => $"the push has more than {Series} series (--push.max-series)";

    /// <summary>The bounds that the flags set.</summary>
    public static PushLimits Of(ServerOptions options) => new(
        options.PushMaxBodySize == 0 ? long.MaxValue : options.PushMaxBodySize,
        options.PushMaxUnpackedSize == 0 ? long.MaxValue : options.PushMaxUnpackedSize,
        options.PushMaxSeries);

    /// <summary>Whether a push has too many series.</summary>
    public bool IsExceededBy(IReadOnlyList<MetricFamily> families)
    {
        long series = 0;
        foreach (var family in families)
        {
            foreach (var metric in family.Metrics)
            {
                series += metric.Summary is { } summary ? summary.Quantiles.Length + 2
                    : metric.Histogram is { } histogram ? histogram.Buckets.Length + 2
                    : 1;
            }
        }

        return series > Series;
    }
}
