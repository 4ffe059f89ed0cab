namespace Tallygate.Lab;

/// <summary>
/// What was really done, kept the slow and obvious way: a push is a run that ends at once; a run with an id counts with its last values when it
/// ends, or when its group is deleted; a key counts once. It knows nothing of time, crashes and scrapes, for they change nothing.
/// </summary>
internal sealed class Ledger
{
    private readonly HashSet<(string Group, string Key)> _keys = [];
    private readonly Dictionary<(string Group, string Run), Dictionary<string, double>> _open = [];
    private readonly HashSet<(string Group, string Run)> _ended = [];

    /// <summary>The sum of all values of ended runs.</summary>
    public double Sum { get; private set; }

    /// <summary>How many of them there are.</summary>
    public long Count { get; private set; }

    /// <summary>Takes one push as often as it is sent.</summary>
    public void Take(LabPush push)
    {
        if (push.Bad || (push.Key is { } key && !_keys.Add((push.Group, key))))
        {
            return;
        }

        if (push.Run is not { } run)
        {
            Book(push.Records.Select(r => r.Value));
            return;
        }

        var id = (push.Group, run);
        if (_ended.Contains(id))
        {
            return;
        }

        if (!_open.TryGetValue(id, out var values))
        {
            _open[id] = values = [];
        }

        if (push.Replace || push.Records.Count > 0)
        {
            values.Clear();
        }

        foreach (var (type, value) in push.Records)
        {
            values[type] = value;
        }

        if (push.EndsRun)
        {
            End(id);
        }
    }

    /// <summary>A group goes, and its open runs end.</summary>
    public void Delete(string group)
    {
        foreach (var id in _open.Keys.Where(k => k.Group == group).ToList())
        {
            End(id);
        }
    }

    /// <summary>All groups go.</summary>
    public void Wipe()
    {
        foreach (var id in _open.Keys.ToList())
        {
            End(id);
        }
    }

    private void End((string Group, string Run) id)
    {
        _ended.Add(id);
        _open.Remove(id, out var values);
        Book(values!.Values);
    }

    private void Book(IEnumerable<double> values)
    {
        foreach (var value in values)
        {
            Sum += value;
            Count++;
        }
    }
}
