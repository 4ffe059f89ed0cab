using Tallygate.Model;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// A number for the labels of pushed samples, the same for all metrics that could meet in one stored series: the metric name, <c>le</c> and
/// <c>quantile</c> are left out (a histogram's bucket and a gauge that is called like it meet), and so are empty labels.
/// </summary>
internal static class ClockKey
{
    /// <summary>The key of a set of labels.</summary>
    public static ulong Of(Labels labels)
    {
        unchecked
        {
            var hash = 0x9E3779B97F4A7C15UL;
            foreach (ref readonly var label in labels.AsSpan())
            {
                if (label.Value.Length != 0 && label.Name is not ("le" or "quantile"))
                {
                    hash = (hash ^ (uint)label.Name.GetHashCode()) * 0xD6E8FEB86659FD93UL;
                    hash = (hash ^ (hash >> 32) ^ (uint)label.Value.GetHashCode()) * 0xD6E8FEB86659FD93UL;
                    hash ^= hash >> 29;
                }
            }

            return hash;
        }
    }

    /// <summary>The key of a group's failures, which are booked apart from its pushes.</summary>
    public static ulong OfFailures(Labels grouping) => ~Of(grouping);
}
