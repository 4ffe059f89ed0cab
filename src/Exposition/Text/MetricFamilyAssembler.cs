using System.Diagnostics.CodeAnalysis;
using Tallygate.Model;

namespace Tallygate.Exposition.Text;

/// <summary>
/// Puts samples together into metric families: which family a name belongs to, which summary or histogram a line belongs to. Not thread-safe;
/// used again after <see cref="Clear"/>, so that an ordinary push allocates only what it gives away.
/// </summary>
internal sealed class MetricFamilyAssembler
{
    private const string QuantileLabel = "quantile";
    private const string BucketLabel = "le";
    private const string SumSuffix = "_sum";
    private const string CountSuffix = "_count";
    private const string BucketSuffix = "_bucket";

    private readonly Dictionary<string, FamilyBuilder> _byName = [];
    private readonly List<FamilyBuilder> _families = [];
    private readonly List<Label> _labels = [];
    private int _used;
    private FamilyBuilder? _family;
    private SampleRole _role;
    private double? _bound;
    private byte[] _lastName = [];
    private int _lastNameLength;
    private FamilyBuilder? _lastFamily;
    private SampleRole _lastRole;

    /// <summary>The family that was entered.</summary>
    public FamilyBuilder Family => _family!;

    /// <summary>Whether a family was entered since <see cref="BeginSample"/>.</summary>
    public bool InFamily => _family is not null;

    /// <summary>The name of the family that was entered, or the empty string.</summary>
    public string FamilyName => _family?.Name ?? "";

    /// <summary>Whether it has grown beyond what is worth keeping.</summary>
    public bool IsLarge => _families.Count > 1_000 || _families.Exists(static f => f.IsLarge);

    /// <summary>Forgets the labels and the family of the sample before.</summary>
    public void BeginSample()
    {
        _family = null;
        _labels.Clear();
        _bound = null;
    }

    /// <summary>Enters the family of the line before, if the name is the same.</summary>
    public bool ReenterFamily(ReadOnlySpan<byte> name)
    {
        if (_lastFamily is null || !name.SequenceEqual(_lastName.AsSpan(0, _lastNameLength)))
        {
            return false;
        }

        _family = _lastFamily;
        _role = _lastRole;
        return true;
    }

    /// <summary>Enters the family that <paramref name="name"/> belongs to, and makes it if there is none.</summary>
    public void EnterFamily(string name, ReadOnlySpan<byte> utf8)
    {
        _family = Find(name, out _role);
        if (_family is null)
        {
            if (_used == _families.Count)
            {
                _families.Add(new FamilyBuilder());
            }

            _family = _families[_used++];
            _family.Begin(name);
            _byName.Add(name, _family);
        }

        if (utf8.Length > _lastName.Length)
        {
            _lastName = new byte[Math.Max(64, utf8.Length)];
        }

        utf8.CopyTo(_lastName);
        _lastNameLength = utf8.Length;
        _lastFamily = _family;
        _lastRole = _role;
    }

    /// <summary>A family without a type is untyped from its first sample on.</summary>
    public void FixType() => Family.Type ??= MetricType.Untyped;

    /// <summary>Adds a label whose value follows; false where the name stands twice.</summary>
    public bool TryAddLabelName(string name)
    {
        if (IsBound(name))
        {
            return true;
        }

        foreach (var label in _labels)
        {
            if (label.Name == name)
            {
                return false;
            }
        }

        _labels.Add(new Label(name, ""));
        return true;
    }

    /// <summary>Sets the value of the label just added; false where it must be a float and is none.</summary>
    public bool TrySetLabelValue(string name, Utf8StringPool pool, ReadOnlySpan<byte> value)
    {
        if (IsBound(name))
        {
            var isFloat = FloatText.TryParse(value, out var bound);
            _bound = bound;
            return isFloat;
        }

        _labels[^1] = new Label(name, pool.Get(value));
        return true;
    }

    /// <summary>Takes <c>le</c> or <c>quantile</c> out of labels that stood before the name; false where its value is not a float.</summary>
    public bool TakeBoundFromLabels(out string value, out string label)
    {
        value = "";
        label = Family.IsSummary ? QuantileLabel : BucketLabel;
        for (var i = 0; i < _labels.Count; i++)
        {
            if (IsBound(_labels[i].Name))
            {
                value = _labels[i].Value;
                _labels.RemoveAt(i);
                var isFloat = FloatText.TryParse(value, out var bound);
                _bound = bound;
                return isFloat;
            }
        }

        return true;
    }

    /// <summary>Adds the sample with its labels; gives the reason where the value cannot be.</summary>
    public string? AddValue(double value)
    {
        var family = Family;
        if (!family.IsSummary && !family.IsHistogram)
        {
            family.Add(TakeLabels(), value);
            return null;
        }

        var metric = family.FindMetric(_labels);
        if (family.IsSummary)
        {
            metric.AddToSummary(_role, _bound, value);
            return null;
        }

        return metric.TryAddToHistogram(_role, _bound, value) ? null
            : _role == SampleRole.Count ? "negative count" : "negative bucket population";
    }

    /// <summary>Sets the time of the sample just added.</summary>
    public void SetTimestamp(long timestampMs) => Family.SetTimestamp(timestampMs);

    /// <summary>The families that have metrics.</summary>
    public List<MetricFamily> Build()
    {
        var families = new List<MetricFamily>(_used);
        for (var i = 0; i < _used; i++)
        {
            if (_families[i].Build() is { } family)
            {
                families.Add(family);
            }
        }

        return families;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        BeginSample();
        _byName.Clear();
        for (var i = 0; i < _used; i++)
        {
            _families[i].Clear();
        }

        _used = 0;
        _lastFamily = null;
        _lastNameLength = 0;
    }

    private Labels TakeLabels()
    {
        var labels = _labels.ToArray();
        Labels.Sort(labels);
        return Labels.FromSorted(labels);
    }

    private bool IsBound(string label) =>
        _family is { } family && ((family.IsSummary && label == QuantileLabel) || (family.IsHistogram && label == BucketLabel));

    private FamilyBuilder? Find(string name, out SampleRole role)
    {
        role = SampleRole.Plain;
        if (_byName.TryGetValue(name, out var family))
        {
            return family;
        }

        if (TryFindBefore(name, SumSuffix, out family) && (family.IsSummary || family.IsHistogram))
        {
            role = SampleRole.Sum;
            return family;
        }

        if (TryFindBefore(name, CountSuffix, out family) && (family.IsSummary || family.IsHistogram))
        {
            role = SampleRole.Count;
            return family;
        }

        return TryFindBefore(name, BucketSuffix, out family) && family.IsHistogram ? family : null;
    }

    private bool TryFindBefore(string name, string suffix, [NotNullWhen(true)] out FamilyBuilder? family)
    {
        family = null;
        return name.Length > suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal)
            && _byName.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name.AsSpan(0, name.Length - suffix.Length), out family);
    }
}
