using Tallygate.Gateway.Expiry;
using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// Decides about each request against the state that all earlier requests leave, also those that are not durable yet, and stages what it
/// leaves itself. Belongs to the writer.
/// </summary>
/// <remarks>
/// The state is the published groups, overlaid with the groups that batches on their way to the disk change. When such a batch lands, its
/// part of the overlay goes; when it is lost, <see cref="Rebuild"/> goes back to what is published.
/// </remarks>
internal sealed class PushJudge
{
    private const int MaxOpenRuns = 1000;
    private const long RejectionIntervalNano = 1_000_000_000;

    private readonly ConsistencyCheck _check = new();
    private readonly StagedGroups _groups;
    private readonly LatestGroups _published;
    private readonly PushHistory _history;
    private readonly bool _checks;
    private readonly Dictionary<Labels, long> _suppressed = [];
    private readonly RefusalNotes _notes = new();
    private readonly ulong[] _failureKey = new ulong[1];

    // While a batch is judged: what takes its parts back.
    private Stack<Action>? _undo;
    private long _batch;

    public PushJudge(LatestGroups groups, PushHistory history, bool checks)
    {
        _groups = new StagedGroups(groups, checks ? _check : null);
        _published = groups;
        _history = history;
        _checks = checks;
    }

    /// <summary>Judges one request as part of a batch; batches have rising numbers from 1.</summary>
    public Judgement Judge(PushTicket ticket, PushBatch batch)
    {
        _batch = batch.Number;
        _history.Begin(batch);
        return ticket.Items is not null ? Batch(ticket) : Single(ticket);
    }

    private Judgement Single(PushTicket ticket)
    {
        return ticket.Verb switch
        {
            PushVerb.Delete => ticket.Groups is null ? Delete(ticket) : Deletions(ticket),
            PushVerb.Wipe => Wipe(ticket),
            PushVerb.Expire => Upkeep(ticket),
            PushVerb.Configure => Configure(ticket),
            PushVerb.Forget => Statement(ticket, 202),
            _ => Push(ticket.Push!),
        };
    }

    /// <summary>Takes note that a batch is durable and published.</summary>
    public void Landed(PushBatch batch)
    {
        _groups.Landed(batch);
        _history.Landed(batch);
    }

    /// <summary>Forgets all that is staged and starts from the published groups.</summary>
    public void Rebuild()
    {
        _groups.Clear();
        _history.Clear();
        if (_checks)
        {
            _check.Rebuild(_published.View);
        }
    }

    private Judgement Push(PreparedPush push)
    {
        if (push.Terms is { } terms && AnsweredBefore(terms, _checks ? 200 : 202) is { } answer)
        {
            return answer.Reason is { } reused ? Note(push, answer.Outcome, reused) : answer;
        }

        if (push.TimeFault is { } late)
        {
            return Note(push, new PushOutcome(400, late), RejectReason.OutsideWindow);
        }

        var group = _groups.Find(push.Grouping);
        if (group is null && OtherSpelling(push.Grouping) is { } other && _groups.Find(other) is not null)
        {
            var metric = new Metric { Labels = push.Grouping, Payload = MetricPayload.Gauge, Value = push.ReceivedUnixNano / 1e9 };
            var text = MetricText.Refusal([MetricText.Fault(MetricGroup.PushTimeName, metric, ConsistencyCheck.CollectedBefore)]);
            return new Judgement(null, new PushOutcome(400, text), RejectReason.GroupingLabels);
        }

        if (push.Terms?.RunId is { } ended && _history.Runs.HasEnded(push.Grouping, ended))
        {
            return Note(push, new PushOutcome(409, $"the run {GoQuote.Quote(ended)} of this group has ended"), RejectReason.RunEnded);
        }

        var faults = push.Faults;
        if (_checks && faults is null)
        {
            _check.Judge(push, group, ref faults);
            if (push is { Terms.RunId: { } id, Verb: PushVerb.Merge }
                && Array.Find(_history.Runs.Of(push.Grouping), r => r.Id == id)?.CollisionWith(push.Families) is { } collision)
            {
                (faults ??= []).Add(collision);
            }
        }

        if (faults is not null)
        {
            return Reject(push, group, MetricText.Refusal(faults));
        }

        if (!TryStamp(push, out var stamp, out var ends))
        {
            return TooFast;
        }

        var record = new PushRecord
        {
            Verb = push.Verb,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = push.ReceivedUnixNano,
            Stamp = stamp,
            GroupingKey = group?.Key ?? push.Grouping,
            Families = push.Families,
            Terms = push.Terms,
            Client = push.Client,
        };
        DroppedSeries? dropped = null;
        if (MetricGroup.Shows(group, record))
        {
            var after = MetricGroup.After(group, record);
            if (!_checks || _check.Take(push, group, after))
            {
                dropped = DroppedSeries.Between(group, after);
            }

            _groups.Stage(after.Key, group, after, _batch, _undo);
        }

        if (record.Terms is not null)
        {
            _history.Keys.Stage(record, _undo);
            if (record.Terms.RunId is not null)
            {
                _history.Runs.Stage(record, _batch, _undo);
            }
        }

        return new Judgement(record, new PushOutcome(_checks ? 200 : 202) { Dropped = dropped }) { Before = ends };
    }

    /// <summary>Finds the stamp at which the push books, 0 where it leaves a run open; and the runs that end because this one begins.</summary>
    private bool TryStamp(PreparedPush push, out long stamp, out IReadOnlyList<PushRecord>? ends)
    {
        ends = null;
        if (push.Terms?.RunId is not { } id)
        {
            return _history.TryStamp(push, null, out stamp);
        }

        stamp = 0;
        var open = _history.Runs.Of(push.Grouping);
        var run = Array.Find(open, r => r.Id == id);
        if (run is null && open.Length >= MaxOpenRuns)
        {
            return false;
        }

        if (push.Terms.State is RunState.Finished or RunState.Failed && !_history.TryStamp(push, run, out stamp))
        {
            return false;
        }

        if (run is null && open.Length > 0 && _history.Settings.CloseRunOnNext)
        {
            ends = _history.Abandon(open, push.ReceivedUnixNano, $"the run {id} began", push.Client, _batch, _undo);
            return ends is not null;
        }

        return true;
    }

    /// <summary>The answer to a push whose key was seen before in its group; null where it was not.</summary>
    private Judgement? AnsweredBefore(PushTerms terms, int status)
    {
        if (terms.Key is not { } key || !_history.Keys.TryGet(key.Hash, out var body))
        {
            return null;
        }

        return body == key.Body
            ? new Judgement(null, new PushOutcome(status) { Replayed = true })
            : new Judgement(null, new PushOutcome(422, "the idempotency key was used for another push to this group"), RejectReason.KeyReused);
    }

    private Judgement Reject(PreparedPush push, MetricGroup? group, string reason)
    {
        // Unchecked pushes are answered before they are looked at; a push that cannot be shown is dropped all the same.
        var timestamps = push.FaultReason == RejectReason.Timestamps;
        var outcome = !_checks && timestamps ? new PushOutcome(202) : new PushOutcome(400, reason);
        if (_undo is not null)
        {
            // What a refused batch leaves is settled once all of it is taken back.
            return new Judgement(null, new PushOutcome(400, reason), push.FaultReason);
        }

        _suppressed.TryGetValue(push.Grouping, out var suppressed);
        if (IsSuppressed(push, group) || !TryStampFailure(push, out var stamp))
        {
            _suppressed[push.Grouping] = suppressed + 1;
            return new Judgement(null, outcome, push.FaultReason);
        }

        _suppressed.Remove(push.Grouping);
        var record = new PushRecord
        {
            Verb = push.Verb,
            Verdict = PushVerdict.Rejected,
            ReceivedUnixNano = push.ReceivedUnixNano,
            Stamp = stamp,
            GroupingKey = group?.Key ?? push.Grouping,
            Reason = reason,
            Suppressed = suppressed,
            Client = push.Client,
        };
        _groups.Stage(record.GroupingKey, group, MetricGroup.After(group, record), _batch, _undo);
        return new Judgement(record, outcome, push.FaultReason);
    }

    /// <summary>A refusal that leaves the group as it is, and an entry.</summary>
    private Judgement Note(PreparedPush push, PushOutcome outcome, RejectReason reason) => new(
        _undo is not null ? null : _notes.Of(push.Verb, push.Grouping, push.ReceivedUnixNano, push.Terms, push.Client, outcome.Error!), outcome, reason);

    private static bool IsSuppressed(PreparedPush push, MetricGroup? group) =>
        group is not null
        && group.Failure.UnixNano > group.Push.UnixNano
        && push.ReceivedUnixNano - group.Failure.UnixNano < RejectionIntervalNano;

    private bool TryStampFailure(PreparedPush push, out long stamp)
    {
        _failureKey[0] = ClockKey.OfFailures(push.Grouping);
        return _history.TryStamp(push.Grouping, _failureKey, push.ReceivedUnixNano, out stamp);
    }

    private Judgement Delete(PushTicket ticket)
    {
        if (ticket.Terms is not null && AnsweredBefore(ticket.Terms, 202) is { } answer)
        {
            return answer.Reason is { } reused
                ? new Judgement(
                    _notes.Of(PushVerb.Delete, ticket.Grouping, ticket.ReceivedUnixNano, ticket.Terms, ticket.Client, answer.Outcome.Error!), answer.Outcome, reused)
                : answer;
        }

        if (_groups.Find(ticket.Grouping) is not { } group)
        {
            return new Judgement(null, new PushOutcome(202));
        }

        var records = new List<PushRecord>();
        if (!TryEnd(group, PushVerb.Delete, ticket, "the group was deleted", records))
        {
            return TooFast;
        }

        var record = records[^1];
        records.RemoveAt(records.Count - 1);
        _history.Keys.Stage(record, _undo);
        return new Judgement(record, new PushOutcome(202)) { Before = records.Count == 0 ? null : records };
    }

    /// <summary>Deletes those of many groups that are still to go; what cannot go now, since the clock leaves its runs no stamps, stays.</summary>
    private Judgement Deletions(PushTicket ticket)
    {
        var records = new List<PushRecord>();
        foreach (var key in ticket.Groups!)
        {
            if (_groups.Find(key) is { } group && ticket.Still!(group))
            {
                TryEnd(group, PushVerb.Delete, ticket, "the group was deleted", records);
            }
        }

        return new Judgement(null, new PushOutcome(200)) { Before = records };
    }

    /// <summary>Deletes a group or ends its values, and its open runs before; false, and nothing changed, where the clock leaves those no stamps.</summary>
    private bool TryEnd(MetricGroup group, PushVerb verb, PushTicket ticket, string reason, List<PushRecord> records)
    {
        var runs = _history.Runs.Of(group.Key);
        var ends = runs.Length == 0 ? [] : _history.Abandon(runs, ticket.ReceivedUnixNano, reason, ticket.Client, _batch, _undo);
        if (ends is null)
        {
            return false;
        }

        if (_checks)
        {
            _check.Remove(group);
        }

        var record = new PushRecord
        {
            Verb = verb,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = ticket.ReceivedUnixNano,
            GroupingKey = group.Key,
            Reason = verb == PushVerb.Expire ? reason : null,
            Terms = ticket.Terms,
            Client = ticket.Client,
        };
        if (_suppressed.Remove(group.Key, out var owed))
        {
            _undo?.Push(() => _suppressed[group.Key] = owed);
        }

        _groups.Stage(group.Key, group, verb == PushVerb.Expire ? MetricGroup.Expired(group, record) : null, _batch, _undo);
        records.AddRange(ends);
        records.Add(record);
        return true;
    }

    /// <summary>Judges all parts in their order. Where one is refused, all others are taken back, and only what its refusal leaves stays.</summary>
    private Judgement Batch(PushTicket ticket)
    {
        ticket.RefusedItem = -1;
        var undo = _undo = new Stack<Action>();
        var records = new List<PushRecord>();
        _history.Parts = records;
        try
        {
            for (var i = 0; i < ticket.Items!.Count; i++)
            {
                var item = ticket.Items[i];
                item.Judgement = Single(item);
                if (item.Judgement.Reason is not null || !item.Judgement.Outcome.IsSuccess)
                {
                    ticket.RefusedItem = i;
                    break;
                }

                records.AddRange(item.Judgement.Before ?? []);
                if (item.Judgement.Record is { } record)
                {
                    records.Add(record);
                }
            }
        }
        finally
        {
            _undo = null;
            _history.Parts = null;
        }

        if (ticket.RefusedItem < 0)
        {
            return new Judgement(null, new PushOutcome(_checks ? 200 : 202)) { Before = records };
        }

        while (undo.TryPop(out var back))
        {
            back();
        }

        var refused = ticket.Items[ticket.RefusedItem];
        var (_, outcome, reason) = refused.Judgement;
        return refused.Push is not { } push ? new Judgement(null, outcome, reason)
            : reason is RejectReason.Inconsistent or RejectReason.Timestamps
                ? Reject(push, _groups.Find(push.Grouping), outcome.Error!) with { Outcome = outcome }
            : reason is RejectReason.KeyReused or RejectReason.OutsideWindow or RejectReason.RunEnded ? Note(push, outcome, reason.Value)
            : new Judgement(null, outcome, reason);
    }

    private Judgement Wipe(PushTicket ticket)
    {
        var runs = _history.Runs.All().ToArray();
        var ends = runs.Length == 0 ? null : _history.Abandon(runs, ticket.ReceivedUnixNano, "all groups were wiped", ticket.Client, _batch);
        if (runs.Length > 0 && ends is null)
        {
            return TooFast;
        }

        _check.Clear();
        _groups.Wipe(_batch);
        _suppressed.Clear();
        var record = new PushRecord
        {
            Verb = PushVerb.Wipe,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = ticket.ReceivedUnixNano,
            GroupingKey = Labels.Empty,
            Client = ticket.Client,
        };
        return new Judgement(record, new PushOutcome(202)) { Before = ends };
    }

    private Judgement Configure(PushTicket ticket) =>
        _history.Configure(ticket.Body) ? Statement(ticket, 200) : new Judgement(null, new PushOutcome(200));

    /// <summary>An entry about no group.</summary>
    private static Judgement Statement(PushTicket ticket, int status)
    {
        var record = new PushRecord
        {
            Verb = ticket.Verb,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = ticket.ReceivedUnixNano,
            GroupingKey = Labels.Empty,
            Client = ticket.Client,
            Body = ticket.Body,
        };
        return new Judgement(record, new PushOutcome(status));
    }

    /// <summary>What is due by the clock: runs whose time is over end, and so do the values of groups.</summary>
    private Judgement Upkeep(PushTicket ticket)
    {
        var now = ticket.ReceivedUnixNano;
        var timeout = (long)_history.Settings.RunTimeout.TotalMilliseconds;
        var due = _history.Runs.All().Where(r => (now - r.LastReceivedUnixNano) / 1_000_000 >= timeout).Take(MaxOpenRuns).ToArray();
        var records = new List<PushRecord>(due.Length == 0 ? [] : _history.Abandon(due, now, "the run's time was over", null, _batch) ?? []);
        foreach (var key in ticket.Groups!)
        {
            if (_groups.Find(key) is { } group && GroupLife.EndUnixNano(group, _history.Settings) is { } end && end <= now)
            {
                TryEnd(group, PushVerb.Expire, ticket, "the group's time was over", records);
            }
        }

        return new Judgement(null, new PushOutcome(200)) { Before = records.Count == 0 ? null : records };
    }

    /// <summary>The key of the group that shows the same labels: with and without an empty instance.</summary>
    private static Labels? OtherSpelling(Labels grouping)
    {
        if (!grouping.TryGet("instance", out var instance))
        {
            return grouping.With("instance", "");
        }

        return instance.Length == 0 ? grouping.Without("instance") : null;
    }

    private static Judgement TooFast { get; } = new(
        null, new PushOutcome(429, "too many pushes to this group within a second", 1), RejectReason.TooFast);
}
