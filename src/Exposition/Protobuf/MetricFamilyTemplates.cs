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
    // Families that meet in one place would push each other out at every turn, so a few of them find room side by side.
    private const int Places = 2048;
    private const int Beside = 4;
    private const int MostBytes = 8 << 20;

    private readonly Place[] _places = new Place[Places * Beside];
    private int _bytes;
    private int _turn;

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
        var places = _places.AsSpan((hash & (Places - 1)) * Beside, Beside);
        for (var i = 0; i < Beside; i++)
        {
            ref var place = ref places[i];
            if (place.Seen != hash)
            {
                continue;
            }

            if (place.Template is { } template && template.Fits(family, metrics))
            {
                template.Write(target, metrics.Values);
                return;
            }

            // Learned at the second sight: most arrays are seen once.
            Learn(ref place, family, metrics);
            MetricFamilyCodec.WriteDelimited(target, family);
            return;
        }

        Note(places, hash);
        MetricFamilyCodec.WriteDelimited(target, family);
    }

    private void Note(Span<Place> places, int hash)
    {
        var at = 0;
        while (at < Beside && places[at].Seen != 0)
        {
            at++;
        }

        at = at < Beside ? at : _turn++ & (Beside - 1);
        _bytes -= places[at].Template?.Length ?? 0;
        places[at] = new Place { Seen = hash };
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
