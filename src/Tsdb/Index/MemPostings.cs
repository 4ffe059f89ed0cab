using Tallygate.Model;

namespace Tallygate.Tsdb.Index;

/// <summary>
/// Which series have which labels. Ids are given in ascending order, so lists are sorted by growing at their end. Adding and removing are
/// done by one thread at a time under the lock; readers take the lock only to find lists, never while they go through them.
/// </summary>
internal sealed class MemPostings : IPostings
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LabelIndex> _names = [];
    private PostingList _all = new();

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

    /// <summary>Adds a series; returns its labels made of strings that are shared with other series.</summary>
    public Labels Add(int id, Labels labels)
    {
        var shared = new Label[labels.Count];
        lock (_lock)
        {
            _all.Add(id);
            for (var i = 0; i < shared.Length; i++)
            {
                var (name, value) = (labels[i].Name, labels[i].Value);
                if (!_names.TryGetValue(name, out var index))
                {
                    _names.Add(name, index = new LabelIndex(name));
                }

                shared[i] = new Label(index.Name, index.Add(value, id));
            }
        }

        return Labels.FromSorted(shared);
    }

    /// <summary>Takes series out. Readers that hold lists keep them as they were.</summary>
    public void Remove(IReadOnlySet<int> ids)
    {
        lock (_lock)
        {
            _all = Without(_all, ids);
            foreach (var name in _names.Keys.ToArray())
            {
                var kept = new LabelIndex(name);
                foreach (var (value, postings) in _names[name].Values.Span)
                {
                    var rest = Without(postings, ids);
                    if (rest.Count > 0)
                    {
                        kept.Put(value, rest);
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
