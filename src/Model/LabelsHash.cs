namespace Tallygate.Model;

/// <summary>
/// The hash of a set of labels, made label by label in the order of their names from the hashes of names and values, for who knows those
/// already. Equal for equal sets within one process. See <see cref="Labels.Hash"/>.
/// </summary>
public struct LabelsHash
{
    private ulong _hash;

    /// <summary>The hash of no labels.</summary>
    public LabelsHash() => _hash = 0x9E3779B97F4A7C15UL;

    /// <summary>The hash of those that were added; never 0.</summary>
    public readonly ulong Value => _hash == 0 ? 1 : _hash;

    /// <summary>Adds a label, told by the hash codes of its strings.</summary>
    public void Add(int name, int value)
    {
        _hash = Mix(_hash ^ (uint)name);
        _hash = Mix(_hash ^ (uint)value);
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value *= 0xD6E8FEB86659FD93UL;
            return value ^ (value >> 32);
        }
    }
}
