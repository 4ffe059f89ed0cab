namespace Tallygate.Model;

/// <summary>Builds one <see cref="Labels"/> from another by changes. Not thread-safe; may be used again after <see cref="Reset(Labels)"/>.</summary>
public sealed class LabelsBuilder
{
    private readonly List<Label> _labels = [];

    /// <summary>Starts without any label.</summary>
    public LabelsBuilder()
    {
    }

    /// <summary>Starts with the labels of <paramref name="from"/>.</summary>
    public LabelsBuilder(Labels from) => Reset(from);

    /// <summary>Forgets all changes and starts with the labels of <paramref name="from"/>.</summary>
    public void Reset(Labels from)
    {
        _labels.Clear();
        _labels.AddRange(from.AsSpan());
    }

    /// <summary>The present value of the label, or the empty string.</summary>
    public string Get(string name)
    {
        var at = IndexOf(name);
        return at < 0 ? "" : _labels[at].Value;
    }

    /// <summary>Sets the label, also to an empty value.</summary>
    public LabelsBuilder Set(string name, string value)
    {
        var at = IndexOf(name);
        if (at < 0)
        {
            _labels.Add(new Label(name, value));
        }
        else
        {
            _labels[at] = new Label(name, value);
        }

        return this;
    }

    /// <summary>Takes the label out, if it is there.</summary>
    public LabelsBuilder Remove(string name)
    {
        var at = IndexOf(name);
        if (at >= 0)
        {
            _labels.RemoveAt(at);
        }

        return this;
    }

    /// <summary>The set as it stands now; labels with empty values are kept.</summary>
    public Labels ToLabels()
    {
        var sorted = _labels.ToArray();
        Labels.Sort(sorted);
        return Labels.FromSorted(sorted);
    }

    private int IndexOf(string name) => _labels.FindIndex(l => l.Name == name);
}
