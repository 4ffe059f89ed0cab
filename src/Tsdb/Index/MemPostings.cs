using Tallygate.Model;

namespace Tallygate.Tsdb.Index;

/// <summary>
/// Which series have which labels. Ids are given in ascending order, so lists are sorted by growing at their end. Adding and removing are
/// done by one thread at a time under the lock; readers take the lock only to find lists, never while they go through them. Each label with
/// its value has a number, by which series hold their labels; a number is free again when no series has the label.
/// </summary>
internal sealed class MemPostings : IPostings
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LabelIndex> _names = [];
    private readonly Stack<int> _freePairs = new();
    private PostingList _all = new();
    private Label[] _pairs = new Label[16];
    private int _pairCount;

    /// <summary>Every series.</summary>
    public PostingList All
    {
        get
        {
            lock (_lock)
            {
                return _all;
            }
        }
    }

    /// <summary>Adds a series.</summary>
    /// <param name="pairs">Takes the number of each label with its value, as many as there are labels.</param>
    public void Add(int id, Labels labels, Span<int> pairs)
    {
        lock (_lock)
        {
            _all.Add(id);
            for (var i = 0; i < pairs.Length; i++)
            {
                pairs[i] = InternLocked(labels[i].Name, labels[i].Value, out var postings);
                postings.Add(id);
            }
        }
    }

    /// <summary>
    /// The number of a label with its value, and the list of its series; made where they are not there, so that a series with it must follow.
    /// The list is good until series are taken out.
    /// </summary>
    public int Intern(string name, string value, out PostingList postings)
    {
        lock (_lock)
        {
            return InternLocked(name, value, out postings);
        }
    }

    /// <summary>Adds a series to lists that <see cref="Intern"/> gave.</summary>
    public void Add(int id, ReadOnlySpan<PostingList> lists)
    {
        lock (_lock)
        {
            _all.Add(id);
            foreach (var list in lists)
            {
                list.Add(id);
            }
        }
    }

    /// <summary>The label with its value that has a number, for as long as a series has it. Takes no lock.</summary>
    public Label Pair(int number) => Volatile.Read(ref _pairs)[number];

    /// <summary>The places of the numbers when all labels with their values are sorted by name and value in UTF-8 order.</summary>
    public int[] Ranks()
    {
        Label[] pairs;
        lock (_lock)
        {
            pairs = _pairs.AsSpan(0, _pairCount).ToArray();
        }

        var sorted = new int[pairs.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            sorted[i] = i;
        }

        Array.Sort(sorted, (x, y) =>
        {
            // Numbers that are free have no name.
            var order = Utf8Order.CompareOrdinal(pairs[x].Name ?? "", pairs[y].Name ?? "");
            return order != 0 ? order : Utf8Order.CompareOrdinal(pairs[x].Value ?? "", pairs[y].Value ?? "");
        });
        var ranks = new int[pairs.Length];
        for (var i = 0; i < sorted.Length; i++)
        {
            ranks[sorted[i]] = i;
        }

        return ranks;
    }

    /// <summary>Takes series out. Readers that hold lists keep them as they were.</summary>
    public void Remove(IReadOnlySet<int> ids)
    {
        lock (_lock)
        {
            _all = Without(_all, ids);
            foreach (var name in _names.Keys.ToArray())
            {
                var old = _names[name];
                var kept = new LabelIndex(name);
                for (var i = 0; i < old.Count; i++)
                {
                    var (value, postings) = old.Values.Span[i];
                    var rest = Without(postings, ids);
                    if (rest.Count > 0)
                    {
                        kept.Put(value, rest, old.Numbers[i]);
                    }
                    else
                    {
                        _pairs[old.Numbers[i]] = default;
                        _freePairs.Push(old.Numbers[i]);
                    }
                }

                if (kept.Count == 0)
                {
                    _names.Remove(name);
                }
                else
                {
                    _names[name] = kept;
                }
            }
        }
    }

    /// <summary>The series that have this label with this value, or null.</summary>
    public PostingList? Find(string name, string value)
    {
        lock (_lock)
        {
            return _names.GetValueOrDefault(name)?.Find(value);
        }
    }

    /// <summary>The values of a label.</summary>
    public ReadOnlyMemory<(string Value, PostingList Postings)> Values(string name)
    {
        lock (_lock)
        {
            return _names.GetValueOrDefault(name)?.Values ?? default;
        }
    }

    public int ValueCount(string name) => Values(name).Length;

    public List<PostingList> Lists(string name, Func<string, bool> wanted)
    {
        var lists = new List<PostingList>();
        foreach (var (value, list) in Values(name).Span)
        {
            if (wanted(value))
            {
                lists.Add(list);
            }
        }

        return lists;
    }

    /// <summary>All label names.</summary>
    public string[] Names()
    {
        lock (_lock)
        {
            return [.. _names.Keys];
        }
    }

    // Under the lock.
    private int InternLocked(string name, string value, out PostingList postings)
    {
        if (!_names.TryGetValue(name, out var index))
        {
            _names.Add(name, index = new LabelIndex(name));
        }

        if (index.Find(value, out postings) is { } number)
        {
            return number;
        }

        number = NewPair(new Label(index.Name, value));
        postings = new PostingList();
        index.Put(value, postings, number);
        return number;
    }

    // Under the lock.
    private int NewPair(Label pair)
    {
        if (!_freePairs.TryPop(out var number))
        {
            number = _pairCount++;
            if (number == _pairs.Length)
            {
                var more = new Label[number * 2];
                _pairs.CopyTo(more, 0);
                Volatile.Write(ref _pairs, more);
            }
        }

        _pairs[number] = pair;
        return number;
    }

    private static PostingList Without(PostingList postings, IReadOnlySet<int> ids)
    {
        var old = postings.Ids;
        var kept = new int[old.Length];
        var count = 0;
        foreach (var id in old)
        {
            if (!ids.Contains(id))
            {
                kept[count++] = id;
            }
        }

        return count == old.Length ? postings : new PostingList(kept, count);
    }
}
