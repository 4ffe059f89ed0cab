using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Folds;

/// <summary>A run that has not ended: what its pushes left so far. Immutable.</summary>
internal sealed class OpenRun
{
    private readonly MetricGroup _values;

    private OpenRun(string id, MetricGroup values, long beganUnixNano, long lastReceivedUnixNano)
    {
        Id = id;
        _values = values;
        BeganUnixNano = beganUnixNano;
        LastReceivedUnixNano = lastReceivedUnixNano;
    }

    /// <summary>The run's id.</summary>
    public string Id { get; }

    /// <summary>The group.</summary>
    public Labels Group => _values.Key;

    /// <summary>When the first push of the run happened.</summary>
    public long BeganUnixNano { get; }

    /// <summary>When the last push of the run was received.</summary>
    public long LastReceivedUnixNano { get; }

    /// <summary>The run's values: PUT replaced them all, POST those of the families it brought.</summary>
    public IReadOnlyList<MetricFamily> Families
    {
        get
        {
            var families = new MetricFamily[_values.Families.Count];
            for (var i = 0; i < families.Length; i++)
            {
                families[i] = _values.Families[i].Family;
            }

            return families;
        }
    }

    /// <summary>
    /// Why a POST does not fit what the run pushed before: the parts of a histogram or summary would share their names with another family
    /// of the run, although the group itself may no longer show that. Null where it fits.
    /// </summary>
    public string? CollisionWith(IReadOnlyList<MetricFamily> pushed)
    {
        var types = Families.ToDictionary(static f => f.Name, static f => f.Type);
        foreach (var family in pushed)
        {
            types[family.Name] = family.Type;
        }

        foreach (var (name, type) in types)
        {
            string[] suffixes = type switch
            {
                MetricType.Histogram => ["_bucket", "_count", "_sum"],
                MetricType.Summary => ["_count", "_sum"],
                _ => [],
            };
            if (Array.Find(suffixes, s => types.ContainsKey(name + s)) is { } suffix)
            {
                return $"{GoQuote.Quote(name + suffix)} collides with {GoQuote.Quote(name)} in the run {GoQuote.Quote(Id)}";
            }
        }

        return null;
    }

    /// <summary>The run after an accepted push; <paramref name="before"/> is null where it begins.</summary>
    public static OpenRun After(OpenRun? before, PushRecord record) => new(
        record.Terms!.RunId!,
        MetricGroup.After(before?._values, record),
        before?.BeganUnixNano ?? record.PushedUnixNano,
        record.ReceivedUnixNano);
}
