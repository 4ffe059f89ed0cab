using System.Buffers;
using System.Runtime.CompilerServices;
using Tallygate.Model;

namespace Tallygate.Exposition.Protobuf;

/// <summary>
/// Writes families as <see cref="MetricFamilyCodec.WriteDelimited"/> does, byte for byte, and remembers those of plain metrics that come
/// again with nothing but other values. Takes at most some megabytes, forgets by chance. Not thread-safe.
/// </summary>
public sealed class MetricFamilyTemplates
{
    private const int Places = 4096;
    private const int MostBytes = 4 << 20;

    private readonly Place[] _places = new Place[Places];
    private int _bytes;

    /// <summary>Appends <paramref name="family"/> with its length before it.</summary>
    public void WriteDelimited(IBufferWriter<byte> target, MetricFamily family)
    {
        if (family.Metrics is not PlainMetrics metrics)
        {
            MetricFamilyCodec.WriteDelimited(target, family);
            return;
        }

        // Pushes of one form share the array of their labels, so it stands for the group and the family.
        var hash = RuntimeHelpers.GetHashCode(metrics.Labels);
        ref var place = ref _places[hash & (Places - 1)];
        if (place.Template is { } template && template.Fits(family, metrics))
        {
            template.Write(target, metrics.Values);
            return;
        }

        // Learned at the second sight: most arrays are seen once.
        if (place.Seen == hash)
        {
            Learn(ref place, family, metrics);
        }

        place.Seen = hash;
        MetricFamilyCodec.WriteDelimited(target, family);
    }

    private void Learn(ref Place place, MetricFamily family, PlainMetrics metrics)
    {
        _bytes -= place.Template?.Length ?? 0;
        place.Template = _bytes < MostBytes ? PlainFamilyTemplate.Of(family, metrics) : null;
        _bytes += place.Template?.Length ?? 0;
    }

    private struct Place
    {
        public int Seen;
        public PlainFamilyTemplate? Template;
    }
}
