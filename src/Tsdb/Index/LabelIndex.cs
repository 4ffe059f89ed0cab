namespace Tallygate.Tsdb.Index;

/// <summary>The values of one label name, each with its series. The index's lock guards it, but for what <see cref="Values"/> gave out.</summary>
internal sealed class LabelIndex(string name)
{
    private readonly Dictionary<string, int> _places = [];
    private (string Value, PostingList Postings)[] _values = new (string, PostingList)[2];

    /// <summary>The one string for the name.</summary>
    public string Name => name;

    /// <summary>The values in the order in which they came; stays as it is.</summary>
    public ReadOnlyMemory<(string Value, PostingList Postings)> Values => _values.AsMemory(0, _places.Count);

    public int Count => _places.Count;

    public PostingList? Find(string value) => _places.TryGetValue(value, out var place) ? _values[place].Postings : null;

    /// <summary>Adds a series; returns the one string for the value.</summary>
    public string Add(string value, int id)
    {
        if (!_places.TryGetValue(value, out var place))
        {
            place = _places.Count;
            Put(value, new PostingList());
        }

        _values[place].Postings.Add(id);
        return _values[place].Value;
    }

    /// <summary>Adds a whole list.</summary>
    public void Put(string value, PostingList postings)
    {
        var at = _places.Count;
        if (at == _values.Length)
        {
            // A new array, so that what was given out stays as it is.
            Array.Resize(ref _values, at * 2);
        }

        _values[at] = (value, postings);
        _places.Add(value, at);
    }
}
