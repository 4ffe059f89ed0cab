namespace Tallygate.Tsdb.Index;

/// <summary>The values of one label name, each with its series. The index's lock guards it, but for what <see cref="Values"/> gave out.</summary>
internal sealed class LabelIndex(string name)
{
    private readonly Dictionary<string, int> _places = [];
    private (string Value, PostingList Postings)[] _values = new (string, PostingList)[2];
    private int[] _numbers = new int[2];

    /// <summary>The one string for the name.</summary>
    public string Name => name;

    /// <summary>The values in the order in which they came; stays as it is.</summary>
    public ReadOnlyMemory<(string Value, PostingList Postings)> Values => _values.AsMemory(0, _places.Count);

    /// <summary>The numbers of the pairs of the name with each value, in the same order.</summary>
    public ReadOnlySpan<int> Numbers => _numbers.AsSpan(0, _places.Count);

    public int Count => _places.Count;

    public PostingList? Find(string value) => _places.TryGetValue(value, out var place) ? _values[place].Postings : null;

    /// <summary>The number of the pair with a value that is known, and its series; else null and no list that may be used.</summary>
    public int? Find(string value, out PostingList postings)
    {
        if (!_places.TryGetValue(value, out var place))
        {
            postings = null!;
            return null;
        }

        postings = _values[place].Postings;
        return _numbers[place];
    }

    /// <summary>Adds a value with its series.</summary>
    public void Put(string value, PostingList postings, int number)
    {
        var at = _places.Count;
        if (at == _values.Length)
        {
            // A new array, so that what was given out stays as it is.
            Array.Resize(ref _values, at * 2);
            Array.Resize(ref _numbers, at * 2);
        }

        _values[at] = (value, postings);
        _numbers[at] = number;
        _places.Add(value, at);
    }
}
