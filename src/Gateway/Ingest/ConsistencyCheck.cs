using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// Whether a push fits the metrics of all other groups. It costs what the push costs, not what the store holds: one index says which groups
/// hold a family's name and with which type, another which group owns a series. A family that is pushed again with the same series costs
/// one comparison of references for each metric. Belongs to the writer.
/// </summary>
internal sealed class ConsistencyCheck
{
    /// <summary>The fault of a series that is there already.</summary>
    public const string CollectedBefore = "was collected before with the same name and label values";

    private readonly Dictionary<string, NameUse> _names = [];
    private readonly Dictionary<string, NameUse>.AlternateLookup<ReadOnlySpan<char>> _namesBySpan;
    private readonly Dictionary<(string Name, Labels Labels), Labels> _owners = [];

    public ConsistencyCheck() => _namesBySpan = _names.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Adds what speaks against the push to <paramref name="faults"/>. Changes nothing.</summary>
    /// <param name="group">The pushed group as it stands; null where there is none.</param>
    public void Judge(PreparedPush push, MetricGroup? group, ref List<string>? faults)
    {
        foreach (var family in push.Families)
        {
            var old = Shown(group, family.Name);
            if (family.Metrics.Count == 0 || (old is not null && HasSameSeries(old, family)))
            {
                continue;
            }

            // A push series by series has the old family stay, so that its type has to fit too.
            JudgeType(family, push.IsBySeries ? null : old, ref faults);
            if (IsNewName(family, old))
            {
                JudgeSuffixes(push, group, family, ref faults);
            }

            for (var i = 0; i < family.Metrics.Count; i++)
            {
                if (_owners.TryGetValue((family.Name, family.LabelsAt(i)), out var owner) && !owner.Equals(push.Grouping))
                {
                    (faults ??= []).Add(MetricText.Fault(family.Name, family.Metrics[i], CollectedBefore));
                }
            }
        }
    }

    /// <summary>Takes an accepted push into the index.</summary>
    /// <param name="group">The group before; null where there was none.</param>
    /// <param name="after">The group after.</param>
    /// <returns>Whether the group may have lost series.</returns>
    public bool Take(PreparedPush push, MetricGroup? group, MetricGroup after)
    {
        var lost = false;
        if (group is not null && push.Verb == PushVerb.Replace)
        {
            foreach (var old in group.FamiliesSpan)
            {
                if (IndexOf(push.Families, old.Family.Name) < 0)
                {
                    Remove(old.Family, push.Grouping);
                    lost = true;
                }
            }
        }

        foreach (var pushed in push.Families)
        {
            var family = push.IsBySeries ? after.Find(pushed.Name)!.Family : pushed;
            var old = group?.Find(family.Name)?.Family;
            if (old is null || !HasSameSeries(old, family))
            {
                if (old is not null)
                {
                    Remove(old, push.Grouping);
                    lost = true;
                }

                Add(family, push.Grouping);
            }
        }

        return lost;
    }

    /// <summary>Takes a group into the index as it stands.</summary>
    public void Add(MetricGroup group)
    {
        foreach (var family in group.FamiliesSpan)
        {
            Add(family.Family, group.Key);
        }
    }

    /// <summary>Takes a group out of the index.</summary>
    public void Remove(MetricGroup group)
    {
        foreach (var family in group.FamiliesSpan)
        {
            Remove(family.Family, group.Key);
        }
    }

    /// <summary>Takes all groups out.</summary>
    public void Clear()
    {
        _names.Clear();
        _owners.Clear();
    }

    /// <summary>Makes the index anew.</summary>
    public void Rebuild(GroupsView view)
    {
        Clear();
        foreach (var group in view.All())
        {
            Add(group);
        }
    }

    private void JudgeType(MetricFamily family, MetricFamily? old, ref List<string>? faults)
    {
        if (_names.TryGetValue(family.Name, out var use) && use.IsUsedOtherwise(family.Type, old?.Type, out var standing))
        {
            foreach (var metric in family.Metrics)
            {
                (faults ??= []).Add(MetricText.Fault(family.Name, metric, $"is not a {MetricText.Of(standing)}"));
            }
        }

        if (!ReservedFamilies.TryGet(family.Name, out var type, out var help))
        {
            return;
        }

        if (help is not null && (family.Help ?? "") != help)
        {
            (faults ??= []).Add($"gathered metric family {family.Name} has help {GoQuote.Quote(family.Help)} but should have {GoQuote.Quote(help)}");
        }
        else if (type != family.Type)
        {
            (faults ??= []).Add(
                $"gathered metric family {family.Name} has type {MetricText.Of(family.Type)} but should have {MetricText.Of(type)}");
        }
    }

    private void JudgeSuffixes(PreparedPush push, MetricGroup? group, MetricFamily family, ref List<string>? faults)
    {
        var name = family.Name;
        var suffix = name.EndsWith("_count", StringComparison.Ordinal) ? 6
            : name.EndsWith("_sum", StringComparison.Ordinal) ? 4
            : name.EndsWith("_bucket", StringComparison.Ordinal) ? 7 : 0;
        if (suffix > 0 && Stands(push, group, name.AsSpan(..^suffix), out var type, out _))
        {
            var kind = type == MetricType.Histogram ? "histogram" : type == MetricType.Summary && suffix != 7 ? "summary" : null;
            if (kind is not null)
            {
                (faults ??= []).Add($"collected metric named {GoQuote.Quote(name)} collides with previously collected {kind} named "
                    + GoQuote.Quote(name.AsSpan(..^suffix)));
            }
        }

        if (family.Type is not (MetricType.Summary or MetricType.Histogram))
        {
            return;
        }

        JudgeSuffix(push, group, name, "_count", "histogram or summary", ref faults);
        JudgeSuffix(push, group, name, "_sum", "histogram or summary", ref faults);
        if (family.Type == MetricType.Histogram)
        {
            JudgeSuffix(push, group, name, "_bucket", "histogram", ref faults);
        }
    }

    private void JudgeSuffix(PreparedPush push, MetricGroup? group, string name, string suffix, string kind, ref List<string>? faults)
    {
        // Where both names are new with this push, the longer one reports the collision.
        if (Stands(push, group, name + suffix, out _, out var isNew) && !isNew)
        {
            (faults ??= []).Add($"collected {kind} named {GoQuote.Quote(name)} collides with previously collected metric named "
                + GoQuote.Quote(name + suffix));
        }
    }

    /// <summary>Whether a family of that name stands once the push is taken, or is the gateway's own.</summary>
    private bool Stands(PreparedPush push, MetricGroup? group, ReadOnlySpan<char> name, out MetricType type, out bool isNew)
    {
        isNew = false;
        var at = IndexOf(push.Families, name);
        if (at >= 0 && push.Families[at].Metrics.Count > 0)
        {
            type = push.Families[at].Type;
            isNew = IsNewName(push.Families[at], Shown(group, push.Families[at].Name));
            return true;
        }

        if (_namesBySpan.TryGetValue(name, out var known, out var use))
        {
            var leaves = push.Verb == PushVerb.Replace ? Shown(group, known)?.Type : null;
            if (use.IsUsedBut(leaves, out type))
            {
                return true;
            }
        }

        return ReservedFamilies.TryGet(name.ToString(), out type, out _);
    }

    private bool IsNewName(MetricFamily family, MetricFamily? old) =>
        (old is null || old.Type != family.Type) && (!_names.TryGetValue(family.Name, out var use) || use.Groups(family.Type) == 0);

    /// <summary>The family as a group holds it; null also where it has no metrics: such a family shows nothing and stands in nobody's way.</summary>
    private static MetricFamily? Shown(MetricGroup? group, string name) => group?.Find(name)?.Family is { Metrics.Count: > 0 } family ? family : null;

    private void Add(MetricFamily family, Labels grouping)
    {
        if (family.Metrics.Count == 0)
        {
            return;
        }

        if (!_names.TryGetValue(family.Name, out var use))
        {
            use = new NameUse();
            _names.Add(family.Name, use);
        }

        use.Add(family.Type, 1);
        for (var i = 0; i < family.Metrics.Count; i++)
        {
            _owners.TryAdd((family.Name, family.LabelsAt(i)), grouping);
        }
    }

    private void Remove(MetricFamily family, Labels grouping)
    {
        if (family.Metrics.Count == 0)
        {
            return;
        }

        if (_names.TryGetValue(family.Name, out var use))
        {
            use.Add(family.Type, -1);
            if (use.IsUnused)
            {
                _names.Remove(family.Name);
            }
        }

        for (var i = 0; i < family.Metrics.Count; i++)
        {
            var series = (family.Name, family.LabelsAt(i));
            if (_owners.TryGetValue(series, out var owner) && owner.Equals(grouping))
            {
                _owners.Remove(series);
            }
        }
    }

    private static bool HasSameSeries(MetricFamily a, MetricFamily b) => a.Type == b.Type && a.HasSameLabels(b);

    private static int IndexOf(MetricFamily[] families, ReadOnlySpan<char> name)
    {
        var low = 0;
        var high = families.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = Utf8Order.CompareOrdinal(families[middle].Name, name);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }
}
