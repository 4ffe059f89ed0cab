using Tallygate.Model;

namespace Tallygate.Tsdb.Notes;

/// <summary>
/// The newest of what was said of each family. It holds a bounded number of families: past that, a family that is not known yet is left
/// out. Thread-safe.
/// </summary>
internal sealed class MetadataBook
{
    /// <summary>How many families are kept.</summary>
    public const int MaxFamilies = 1 << 17;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FamilyDescription> _families = [];

    /// <summary>Whether it says anything new.</summary>
    public bool IsNews(FamilyDescription family)
    {
        lock (_lock)
        {
            return _families.TryGetValue(family.Family, out var known) ? known != family : _families.Count < MaxFamilies;
        }
    }

    public void Note(FamilyDescription family)
    {
        lock (_lock)
        {
            if (_families.Count < MaxFamilies || _families.ContainsKey(family.Family))
            {
                _families[family.Family] = family;
            }
        }
    }

    /// <summary>All families, in no order.</summary>
    public List<FamilyDescription> All()
    {
        lock (_lock)
        {
            return [.. _families.Values];
        }
    }
}
