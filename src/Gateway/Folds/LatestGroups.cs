using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Folds;

/// <summary>
/// The fold that the Pushgateway shows: the latest state of every group. <see cref="View"/> may be read by any thread at any time; all
/// else belongs to the writer.
/// </summary>
/// <remarks>
/// Copy-on-write in stripes: the first change of a stripe after a publication copies that stripe, and no batch copies a map of all groups.
/// </remarks>
public sealed class LatestGroups : IFold
{
    private const int InitialStripes = 64;
    private const int GroupsPerStripe = 16;

    private MetricGroup[][] _stripes;
    private long[] _copiedIn;
    private long _generation = 1;
    private bool _shared = true;
    private int _count;
    private LogPosition _position;
    private volatile GroupsView _view;
    private bool _haveLives;

    /// <summary>Begins before the first entry.</summary>
    public LatestGroups()
    {
        _stripes = new MetricGroup[InitialStripes][];
        Array.Fill(_stripes, []);
        _copiedIn = new long[InitialStripes];
        _view = new GroupsView(_stripes, 0, LogPosition.None);
    }

    /// <inheritdoc/>
    public string Name => "latest groups";

    /// <inheritdoc/>
    public LogPosition Position => _position;

    /// <summary>Whether any push ever said how long its values last.</summary>
    internal bool HaveLives => Volatile.Read(ref _haveLives);

    /// <summary>The groups as last published.</summary>
    public GroupsView View => _view;

    /// <inheritdoc/>
    public void Apply(in PushLogEntry entry)
    {
        var record = entry.Record;
        if (IsNote(record))
        {
            _position = entry.Position;
            return;
        }

        switch (record.Verb)
        {
            case PushVerb.Replace or PushVerb.Merge:
                Put(record);
                break;
            case PushVerb.Delete:
                Remove(record.GroupingKey);
                break;
            case PushVerb.Expire:
                Expire(record);
                break;
            case PushVerb.Wipe:
                Clear();
                break;
            default:
                // Runs, settings, forgotten history and snapshots of folds change no group.
                break;
        }

        _position = entry.Position;
    }

    /// <summary>Whether an entry only says that something was refused: a refusal that a group shows has a stamp.</summary>
    internal static bool IsNote(PushRecord record) => record is { Verdict: PushVerdict.Rejected, Stamp: 0 };

    /// <inheritdoc/>
    public void Publish()
    {
        if (_view.Position == _position)
        {
            return;
        }

        _view = new GroupsView(_stripes, _count, _position);
        _shared = true;
        _generation++;
    }

    private void Expire(PushRecord record)
    {
        var stripe = GroupsView.StripeOf(record.GroupingKey, _stripes.Length);
        var at = IndexOf(_stripes[stripe], record.GroupingKey);
        if (at >= 0)
        {
            Own();
            Own(stripe);
            _stripes[stripe][at] = MetricGroup.Expired(_stripes[stripe][at], record);
        }
    }

    private void Put(PushRecord record)
    {
        if (record.Terms?.TimeToLiveMs > 0)
        {
            Volatile.Write(ref _haveLives, true);
        }

        var stripe = GroupsView.StripeOf(record.GroupingKey, _stripes.Length);
        var at = IndexOf(_stripes[stripe], record.GroupingKey);
        if (at >= 0 && record.Verdict == PushVerdict.Accepted && !MetricGroup.Shows(_stripes[stripe][at], record))
        {
            return;
        }

        Own();
        if (at >= 0)
        {
            Own(stripe);
            _stripes[stripe][at] = MetricGroup.After(_stripes[stripe][at], record);
            return;
        }

        _stripes[stripe] = [.. _stripes[stripe], MetricGroup.After(null, record)];
        _copiedIn[stripe] = _generation;
        _count++;
        if (_count > _stripes.Length * GroupsPerStripe)
        {
            Grow();
        }
    }

    private void Remove(Labels key)
    {
        var stripe = GroupsView.StripeOf(key, _stripes.Length);
        var at = IndexOf(_stripes[stripe], key);
        if (at < 0)
        {
            return;
        }

        Own();
        var groups = _stripes[stripe];
        _stripes[stripe] = [.. groups.AsSpan(0, at), .. groups.AsSpan(at + 1)];
        _copiedIn[stripe] = _generation;
        _count--;
    }

    private void Clear()
    {
        _stripes = new MetricGroup[InitialStripes][];
        Array.Fill(_stripes, []);
        _copiedIn = new long[InitialStripes];
        _shared = false;
        _count = 0;
    }

    private void Grow()
    {
        var stripes = new List<MetricGroup>[_stripes.Length * 4];
        foreach (var old in _stripes)
        {
            foreach (var group in old)
            {
                (stripes[GroupsView.StripeOf(group.Key, stripes.Length)] ??= []).Add(group);
            }
        }

        _stripes = Array.ConvertAll(stripes, static s => s is null ? [] : s.ToArray());
        _copiedIn = new long[_stripes.Length];
        _shared = false;
    }

    /// <summary>Makes the outer array this batch's own.</summary>
    private void Own()
    {
        if (_shared)
        {
            _stripes = [.. _stripes];
            _shared = false;
        }
    }

    private void Own(int stripe)
    {
        if (_copiedIn[stripe] != _generation)
        {
            _stripes[stripe] = [.. _stripes[stripe]];
            _copiedIn[stripe] = _generation;
        }
    }

    private static int IndexOf(MetricGroup[] groups, Labels key)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            if (groups[i].Key.Equals(key))
            {
                return i;
            }
        }

        return -1;
    }
}
