using Tallygate.Model;
using Tallygate.Tsdb.Index;
using Tallygate.Tsdb.Records;

namespace Tallygate.Tsdb.Head;

/// <summary>
/// The labels of a head snapshot while it is read, each looked up in the index once however many series have it, and those of the series at
/// hand.
/// </summary>
internal sealed class RestoredLabels(MemPostings index)
{
    private readonly Dictionary<string, string> _shared = [];
    private Known[] _known = new Known[256];
    private int _count;
    private int[] _numbers = new int[16];
    private PostingList[] _lists = new PostingList[16];
    private int _labels;
    private LabelsHash _hash;

    /// <summary>The numbers that the index has for the labels of the series at hand.</summary>
    public ReadOnlySpan<int> Numbers => _numbers.AsSpan(0, _labels);

    /// <summary>The lists of the index that the series at hand belongs into.</summary>
    public ReadOnlySpan<PostingList> Lists => _lists.AsSpan(0, _labels);

    /// <summary>The hash of the labels of the series at hand.</summary>
    public ulong Hash => _hash.Value;

    /// <summary>Reads further labels, which get the next numbers.</summary>
    /// <exception cref="InvalidDataException">The bytes are no labels.</exception>
    public void ReadLabels(ref RecordReader reader)
    {
        while (reader.Left > 0)
        {
            var name = Shared(reader.Text());
            Add(name, reader.Text());
        }
    }

    /// <summary>Reads the labels of a series by their numbers; they become those at hand.</summary>
    /// <exception cref="InvalidDataException">The bytes are no numbers of labels in their order.</exception>
    public void ReadSeries(ref RecordReader reader)
    {
        Begin();
        var before = "";
        for (var count = reader.Count(1); count > 0; count--)
        {
            var number = reader.Unsigned();
            if (number >= (ulong)_count)
            {
                throw reader.Bad("a label has not been named");
            }

            ref readonly var known = ref _known[number];
            if (Utf8Order.CompareOrdinal(before, known.Name) >= 0)
            {
                throw reader.Bad("labels are not in order");
            }

            before = known.Name;
            Take(known);
        }
    }

    /// <summary>Reads the labels of a series as texts, as the first two versions have them; they become those at hand.</summary>
    /// <exception cref="InvalidDataException">The bytes are no labels.</exception>
    public void ReadTexts(ref RecordReader reader)
    {
        Begin();
        _count = 0;
        foreach (ref readonly var label in reader.Labels().AsSpan())
        {
            Take(Add(Shared(label.Name), Shared(label.Value)));
        }
    }

    private void Begin() => (_labels, _hash) = (0, new LabelsHash());

    private void Take(in Known known)
    {
        if (_labels == _numbers.Length)
        {
            Array.Resize(ref _numbers, _labels * 2);
            Array.Resize(ref _lists, _labels * 2);
        }

        (_numbers[_labels], _lists[_labels]) = (known.Number, known.List);
        _labels++;
        _hash.Add(known.NameHash, known.ValueHash);
    }

    private ref readonly Known Add(string name, string value)
    {
        if (_count == _known.Length)
        {
            Array.Resize(ref _known, _count * 2);
        }

        var number = index.Intern(name, value, out var list);
        _known[_count] = new Known(number, list, name, name.GetHashCode(), value.GetHashCode());
        return ref _known[_count++];
    }

    private string Shared(string text)
    {
        if (_shared.TryGetValue(text, out var known))
        {
            return known;
        }

        _shared.Add(text, text);
        return text;
    }

    private readonly record struct Known(int Number, PostingList List, string Name, int NameHash, int ValueHash);
}
