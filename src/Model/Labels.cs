using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tallygate.Model;

/// <summary>
/// An immutable set of labels, sorted by name in UTF-8 order, names unique. The metric name is the label
/// <see cref="MetricName"/>. Thread-safe; equality and hash are by content.
/// </summary>
/// <remarks>
/// Labels with an empty value are kept as they were given: between exposition and scrape <c>instance=""</c> has a meaning.
/// Who stores series drops them first with <see cref="WithoutEmpty"/>.
/// </remarks>
public sealed class Labels : IEquatable<Labels>, IComparable<Labels>
{
    /// <summary>The label that carries the metric name.</summary>
    public const string MetricName = "__name__";

    /// <summary>The set without any label.</summary>
    public static readonly Labels Empty = new([]);

    private readonly Label[] _labels;
    private ulong _hash;

    private Labels(Label[] sorted) => _labels = sorted;

    /// <summary>The number of labels.</summary>
    public int Count => _labels.Length;

    /// <summary>The label at <paramref name="index"/> in name order.</summary>
    public Label this[int index] => _labels[index];

    /// <summary>The metric name, or the empty string.</summary>
    public string Name => Get(MetricName);

    /// <summary>The labels in name order; valid for as long as this object is.</summary>
    public ReadOnlySpan<Label> AsSpan() => _labels;

    /// <summary>Enumerates the labels in name order without allocating.</summary>
    public ReadOnlySpan<Label>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    /// <summary>Takes over <paramref name="sorted"/>, which must be sorted by name in UTF-8 order without a name twice.</summary>
    public static Labels FromSorted(Label[] sorted) => sorted.Length == 0 ? Empty : new Labels(sorted);

    /// <summary>Sorts a copy of <paramref name="labels"/>.</summary>
    /// <exception cref="ArgumentException">A name stands twice.</exception>
    public static Labels From(params ReadOnlySpan<Label> labels)
    {
        if (labels.IsEmpty)
        {
            return Empty;
        }

        var sorted = labels.ToArray();
        Sort(sorted);
        for (var i = 1; i < sorted.Length; i++)
        {
            if (sorted[i].Name == sorted[i - 1].Name)
            {
                throw new ArgumentException($"label {sorted[i].Name} stands twice", nameof(labels));
            }
        }

        return new Labels(sorted);
    }

    /// <summary>Pairs of name and value, in any order: <c>Labels.Of("job", "nightly", "instance", "a")</c>.</summary>
    public static Labels Of(params ReadOnlySpan<string> namesAndValues)
    {
        if ((namesAndValues.Length & 1) != 0)
        {
            throw new ArgumentException("a name without a value", nameof(namesAndValues));
        }

        var labels = new Label[namesAndValues.Length / 2];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = new Label(namesAndValues[2 * i], namesAndValues[(2 * i) + 1]);
        }

        return From(labels);
    }

    /// <summary>Sorts labels in place by name in UTF-8 order; the sort is stable.</summary>
    public static void Sort(Span<Label> labels)
    {
        // Label sets are short and mostly sorted already: insertion sort wins.
        for (var i = 1; i < labels.Length; i++)
        {
            var label = labels[i];
            var j = i;
            while (j > 0 && Utf8Order.CompareOrdinal(labels[j - 1].Name, label.Name) > 0)
            {
                labels[j] = labels[j - 1];
                j--;
            }

            labels[j] = label;
        }
    }

    /// <summary>The value of the label, or the empty string where there is none.</summary>
    public string Get(string name) => TryGet(name, out var value) ? value : "";

    /// <summary>Finds the label called <paramref name="name"/>.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        foreach (ref readonly var label in AsSpan())
        {
            if (label.Name == name)
            {
                value = label.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Whether there is a label called <paramref name="name"/>, be its value empty or not.</summary>
    public bool Has(string name) => TryGet(name, out _);

    /// <summary>This set without the labels whose value is empty: what Prometheus stores.</summary>
    public Labels WithoutEmpty()
    {
        foreach (ref readonly var label in AsSpan())
        {
            if (label.Value.Length == 0)
            {
                return FromSorted(Array.FindAll(_labels, static l => l.Value.Length != 0));
            }
        }

        return this;
    }

    /// <summary>This set without the label called <paramref name="name"/>.</summary>
    public Labels Without(string name) => Has(name) ? FromSorted(Array.FindAll(_labels, l => l.Name != name)) : this;

    /// <summary>This set without the metric name.</summary>
    public Labels WithoutName() => Without(MetricName);

    /// <summary>This set with the label set to <paramref name="value"/>, in place of an older value if there is one.</summary>
    public Labels With(string name, string value)
    {
        var at = 0;
        while (at < _labels.Length && Utf8Order.CompareOrdinal(_labels[at].Name, name) < 0)
        {
            at++;
        }

        var replaces = at < _labels.Length && _labels[at].Name == name;
        var labels = new Label[_labels.Length + (replaces ? 0 : 1)];
        Array.Copy(_labels, labels, at);
        labels[at] = new Label(name, value);
        Array.Copy(_labels, replaces ? at + 1 : at, labels, at + 1, labels.Length - at - 1);
        return new Labels(labels);
    }

    /// <summary>A 64-bit hash of the content, equal for equal sets within one process.</summary>
    public ulong Hash()
    {
        if (_hash == 0)
        {
            _hash = HashOf(_labels);
        }

        return _hash;
    }

    /// <summary>The hash that a set of these labels, sorted by name, would have: to look a set up before it is built.</summary>
    public static ulong HashOf(ReadOnlySpan<Label> sorted)
    {
        var hash = new LabelsHash();
        foreach (ref readonly var label in sorted)
        {
            hash.Add(label.Name.GetHashCode(), label.Value.GetHashCode());
        }

        return hash.Value;
    }

    /// <inheritdoc/>
    public bool Equals(Labels? other) =>
        ReferenceEquals(this, other) || (other is not null && Hash() == other.Hash() && AsSpan().SequenceEqual(other.AsSpan()));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Labels);

    /// <inheritdoc/>
    public override int GetHashCode() => unchecked((int)Hash());

    /// <summary>Compares name, value, name, value … in UTF-8 order; a set that is a prefix of another comes first.</summary>
    public int CompareTo(Labels? other)
    {
        if (other is null)
        {
            return 1;
        }

        var common = Math.Min(_labels.Length, other._labels.Length);
        for (var i = 0; i < common; i++)
        {
            // Most are equal, and often the same object.
            ref readonly var left = ref _labels[i];
            ref readonly var right = ref other._labels[i];
            if (left.Name != right.Name)
            {
                return Utf8Order.CompareOrdinal(left.Name, right.Name);
            }

            if (left.Value != right.Value)
            {
                return Utf8Order.CompareOrdinal(left.Value, right.Value);
            }
        }

        return _labels.Length - other._labels.Length;
    }

    /// <summary>As PromQL writes a set of labels: <c>{a="b", c="d"}</c>, the metric name among them.</summary>
    public override string ToString()
    {
        var text = new StringBuilder("{");
        foreach (ref readonly var label in AsSpan())
        {
            if (text.Length > 1)
            {
                text.Append(", ");
            }

            if (NameValidation.IsLegacyLabelName(label.Name))
            {
                text.Append(label.Name);
            }
            else
            {
                GoQuote.Append(text, label.Name);
            }

            text.Append('=');
            GoQuote.Append(text, label.Value);
        }

        return text.Append('}').ToString();
    }
}
