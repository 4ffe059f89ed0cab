using Tallygate.Model;

namespace Tallygate.Remote;

/// <summary>
/// The newest of what senders said of each family since the start, of a bounded number of families: past that, one that is not known yet is
/// left out. Thread-safe.
/// </summary>
internal sealed class ReceivedMetadata(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FamilyDescription> _families = [];

    public void Note(List<FamilyDescription> families)
    {
        lock (_lock)
        {
            foreach (var family in families)
            {
                if (_families.Count < capacity || _families.ContainsKey(family.Family))
                {
                    _families[family.Family] = family;
                }
            }
        }
    }

    /// <summary>All of them, in no order.</summary>
    public List<FamilyDescription> All()
    {
        lock (_lock)
        {
            return [.. _families.Values];
        }
    }
}
