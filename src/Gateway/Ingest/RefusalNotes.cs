using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// The entries for refusals that change nothing of a group: a key that was used for another push, a run that has ended, a time out of the
/// window. One for each group and second; those between are counted, and the next entry says how many. Belongs to the writer.
/// </summary>
internal sealed class RefusalNotes
{
    private const long IntervalNano = 1_000_000_000;
    private const int MaxGroups = 10_000;

    private readonly Dictionary<Labels, (long UnixNano, long Suppressed)> _groups = [];

    /// <summary>The entry about a refusal; null where it is only counted. An entry without a stamp leaves the group as it is.</summary>
    public PushRecord? Of(PushVerb verb, Labels grouping, long receivedUnixNano, PushTerms? terms, PushClient? client, string reason)
    {
        var known = _groups.TryGetValue(grouping, out var last);
        var passed = receivedUnixNano - last.UnixNano;
        if (known ? passed is >= 0 and < IntervalNano : _groups.Count >= MaxGroups && !HasPlaceAt(receivedUnixNano))
        {
            if (known)
            {
                _groups[grouping] = last with { Suppressed = last.Suppressed + 1 };
            }

            return null;
        }

        _groups[grouping] = (receivedUnixNano, 0);
        return new PushRecord
        {
            Verb = verb,
            Verdict = PushVerdict.Rejected,
            ReceivedUnixNano = receivedUnixNano,
            GroupingKey = grouping,
            Reason = reason,
            Terms = terms,
            Client = client,
            Suppressed = last.Suppressed,
        };
    }

    /// <summary>Forgets groups whose second is over and that owe no number; says whether there is a place then.</summary>
    private bool HasPlaceAt(long nowUnixNano)
    {
        foreach (var (group, (unixNano, suppressed)) in _groups)
        {
            if (suppressed == 0 && nowUnixNano - unixNano is < 0 or >= IntervalNano)
            {
                _groups.Remove(group);
            }
        }

        return _groups.Count < MaxGroups;
    }
}
