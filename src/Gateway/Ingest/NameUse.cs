using Tallygate.Model;

namespace Tallygate.Gateway.Ingest;

/// <summary>How many groups hold a family of one name, by type.</summary>
internal sealed class NameUse
{
    private readonly int[] _groups = new int[(int)MetricType.GaugeHistogram + 1];

    /// <summary>Whether no group holds it.</summary>
    public bool IsUnused => !_groups.AsSpan().ContainsAnyExcept(0);

    /// <summary>How many groups hold it with this type.</summary>
    public int Groups(MetricType type) => _groups[(int)type];

    /// <summary>Counts one more, or with -1 one less.</summary>
    public void Add(MetricType type, int groups) => _groups[(int)type] += groups;

    /// <summary>Whether a group holds it, one family of type <paramref name="aside"/> left out of the count.</summary>
    public bool IsUsedBut(MetricType? aside, out MetricType type)
    {
        for (var i = 0; i < _groups.Length; i++)
        {
            type = (MetricType)i;
            if (_groups[i] > (type == aside ? 1 : 0))
            {
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <summary>Whether a group holds it with another type than <paramref name="type"/>, one family of type <paramref name="aside"/> left
    /// out.</summary>
    public bool IsUsedOtherwise(MetricType type, MetricType? aside, out MetricType other)
    {
        for (var i = 0; i < _groups.Length; i++)
        {
            other = (MetricType)i;
            if (other != type && _groups[i] > (other == aside ? 1 : 0))
            {
                return true;
            }
        }

        other = default;
        return false;
    }
}
