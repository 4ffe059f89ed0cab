using Tallygate.Model;
using Tallygate.Storage;

namespace Tallygate.Scrape;

/// <summary>What one target says of its metric families. One thread writes; any thread may read <see cref="Families"/>.</summary>
internal sealed class FamilyMetadata
{
    private readonly Dictionary<string, FamilyDescription> _noted = [];
    private volatile IReadOnlyList<FamilyDescription> _families = [];
    private bool _changed;

    /// <summary>The families as of the latest <see cref="Publish"/>.</summary>
    public IReadOnlyList<FamilyDescription> Families => _families;

    public void SetHelp(string family, string help)
    {
        var known = Of(family);
        if (known.Help != help)
        {
            Note(known with { Help = help });
        }
    }

    public void SetType(string family, MetricType type)
    {
        var known = Of(family);
        if (known.Type != type)
        {
            Note(known with { Type = type });
        }
    }

    public void SetUnit(string family, string unit)
    {
        var known = Of(family);
        if (known.Unit != unit)
        {
            Note(known with { Unit = unit });
        }
    }

    /// <summary>Shows what was noted, if it is anything new, and tells the store.</summary>
    /// <param name="store">The batch of the scrape, where the store keeps such.</param>
    public void Publish(IMetadataAppender? store)
    {
        if (!_changed)
        {
            return;
        }

        _changed = false;
        _families = [.. _noted.Values];
        if (store is not null)
        {
            foreach (var family in _families)
            {
                store.Note(family);
            }
        }
    }

    private FamilyDescription Of(string family)
    {
        if (!_noted.TryGetValue(family, out var known))
        {
            known = new FamilyDescription(family, MetricType.Untyped, "", "");
            Note(known);
        }

        return known;
    }

    private void Note(FamilyDescription metadata)
    {
        _noted[metadata.Family] = metadata;
        _changed = true;
    }
}
