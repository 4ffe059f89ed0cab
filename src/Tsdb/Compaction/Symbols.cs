using Tallygate.Model;

namespace Tallygate.Tsdb.Compaction;

/// <summary>Collects the names and values of a block to be.</summary>
internal sealed class Symbols
{
    private readonly HashSet<string> _texts = [];

    public void Add(Labels labels)
    {
        foreach (ref readonly var label in labels.AsSpan())
        {
            _texts.Add(label.Name);
            _texts.Add(label.Value);
        }
    }

    public void Add(string text) => _texts.Add(text);

    /// <summary>Each once, in UTF-8 order.</summary>
    public string[] Sorted()
    {
        var sorted = _texts.ToArray();
        Array.Sort(sorted, Utf8Order.Instance);
        return sorted;
    }
}
