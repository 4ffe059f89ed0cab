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
internal sealed class PushJudge(LatestGroups groups, PushClock clock, PushHistory history, bool checks)
{
    private const int MaxOpenRuns = 1000;
    private const long RejectionIntervalNano = 1_000_000_000;

    private readonly ConsistencyCheck _check = new();
    private readonly Dictionary<Labels, Staged> _staged = [];
    private readonly Dictionary<Labels, long> _suppressed = [];
    private readonly RefusalNotes _notes = new();
    private readonly ulong[] _failureKey = new ulong[1];
    private long _batch;
    private long _wipedIn;

    /// <summary>Judges one request as part of a batch; batches have rising numbers from 1.</summary>
    public Judgement Judge(PushTicket ticket, PushBatch batch)
    {
        _batch = batch.Number;
        history.Begin(batch);
        return ticket.Verb switch
        {
            PushVerb.Delete => Delete(ticket),
            PushVerb.Wipe => Wipe(ticket),
            PushVerb.Expire => Upkeep(ticket),
            PushVerb.Configure => Configure(ticket),
            _ => Push(ticket.Push!),
        };
    }

    /// <summary>Takes note that a batch is durable and published.</summary>
    public void Landed(PushBatch batch)
    {
        foreach (var record in batch.Records)
        {
            if (_staged.TryGetValue(record.GroupingKey, out var staged) && staged.Batch == batch.Number)
            {
                _staged.Remove(record.GroupingKey);
            }
        }

        if (_wipedIn == batch.Number)
        {
            _wipedIn = 0;
        }

        history.Landed(batch);
    }

    /// <summary>Forgets all that is staged and starts from the published groups.</summary>
    public void Rebuild()
    {
        _staged.Clear();
        _wipedIn = 0;
        history.Clear();
        if (checks)
        {
            _check.Rebuild(groups.View);
        }
    }

    private Judgement Push(PreparedPush push)
    {
        if (push.Terms is { } terms && AnsweredBefore(terms, checks ? 200 : 202) is { } answer)
        {
            return answer.Reason is { } reused ? Note(push, answer.Outcome, reused) : answer;
        }

        if (push.TimeFault is { } late)
        {
            return Note(push, new PushOutcome(400, late), RejectReason.OutsideWindow);
        }

        var group = Find(push.Grouping);
        if (group is null && OtherSpelling(push.Grouping) is { } other && Find(other) is not null)
        {
            var metric = new Metric { Labels = push.Grouping, Payload = MetricPayload.Gauge, Value = push.ReceivedUnixNano / 1e9 };
            var text = MetricText.Refusal([MetricText.Fault(MetricGroup.PushTimeName, metric, ConsistencyCheck.CollectedBefore)]);
            return new Judgement(null, new PushOutcome(400, text), RejectReason.GroupingLabels);
        }

        if (push.Terms?.RunId is { } ended && history.Runs.HasEnded(push.Grouping, ended))
        {
            return Note(push, new PushOutcome(409, $"the run {GoQuote.Quote(ended)} of this group has ended"), RejectReason.RunEnded);
        }

        var faults = push.Faults;
        if (checks && faults is null)
        {
            _check.Judge(push, group, ref faults);
            if (push is { Terms.RunId: { } id, Verb: PushVerb.Merge }
                && Array.Find(history.Runs.Of(push.Grouping), r => r.Id == id)?.CollisionWith(push.Families) is { } collision)
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
        if (MetricGroup.Shows(group, record))
        {
            if (checks)
            {
                _check.Take(push, group);
            }

            Stage(record, group);
        }

        if (record.Terms is not null)
        {
            history.Keys.Stage(record);
            if (record.Terms.RunId is not null)
            {
                history.Runs.Stage(record, _batch);
            }
        }

        return new Judgement(record, new PushOutcome(checks ? 200 : 202)) { Before = ends };
    }

    /// <summary>Finds the stamp at which the push books, 0 where it leaves a run open; and the runs that end because this one begins.</summary>
    private bool TryStamp(PreparedPush push, out long stamp, out IReadOnlyList<PushRecord>? ends)
    {
        ends = null;
        if (push.Terms?.RunId is not { } id)
        {
            return history.TryStamp(push, null, out stamp);
        }

        stamp = 0;
        var open = history.Runs.Of(push.Grouping);
        var run = Array.Find(open, r => r.Id == id);
        if (run is null && open.Length >= MaxOpenRuns)
        {
            return false;
        }

        if (push.Terms.State is RunState.Finished or RunState.Failed && !history.TryStamp(push, run, out stamp))
        {
            return false;
        }

        if (run is null && open.Length > 0 && history.Settings.CloseRunOnNext)
        {
            ends = history.Abandon(open, push.ReceivedUnixNano, $"the run {id} began", push.Client, _batch);
            return ends is not null;
        }

        return true;
    }

    /// <summary>The answer to a push whose key was seen before in its group; null where it was not.</summary>
    private Judgement? AnsweredBefore(PushTerms terms, int status)
    {
        if (terms.Key is not { } key || !history.Keys.TryGet(key.Hash, out var body))
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
        var outcome = !checks && timestamps ? new PushOutcome(202) : new PushOutcome(400, reason);
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
        Stage(record, group);
        return new Judgement(record, outcome, push.FaultReason);
    }

    /// <summary>A refusal that leaves the group as it is, and an entry.</summary>
    private Judgement Note(PreparedPush push, PushOutcome outcome, RejectReason reason) => new(
        _notes.Of(push.Verb, push.Grouping, push.ReceivedUnixNano, push.Terms, push.Client, outcome.Error!), outcome, reason);

    private static bool IsSuppressed(PreparedPush push, MetricGroup? group) =>
        group is not null
        && group.Failure.UnixNano > group.Push.UnixNano
        && push.ReceivedUnixNano - group.Failure.UnixNano < RejectionIntervalNano;

    private bool TryStampFailure(PreparedPush push, out long stamp)
    {
        _failureKey[0] = ClockKey.OfFailures(push.Grouping);
        return clock.TryStamp(_failureKey, push.ReceivedUnixNano, out stamp);
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

        if (Find(ticket.Grouping) is not { } group)
        {
            return new Judgement(null, new PushOutcome(202));
        }

        var runs = history.Runs.Of(group.Key);
        var ends = runs.Length == 0 ? null : history.Abandon(runs, ticket.ReceivedUnixNano, "the group was deleted", ticket.Client, _batch);
        if (runs.Length > 0 && ends is null)
        {
            return TooFast;
        }

        if (checks)
        {
            _check.Remove(group);
        }

        _suppressed.Remove(group.Key);
        _staged[group.Key] = new Staged(null, _batch);
        var record = new PushRecord
        {
            Verb = PushVerb.Delete,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = ticket.ReceivedUnixNano,
            GroupingKey = group.Key,
            Terms = ticket.Terms,
            Client = ticket.Client,
        };
        history.Keys.Stage(record);
        return new Judgement(record, new PushOutcome(202)) { Before = ends };
    }

    private Judgement Wipe(PushTicket ticket)
    {
        var runs = history.Runs.All().ToArray();
        var ends = runs.Length == 0 ? null : history.Abandon(runs, ticket.ReceivedUnixNano, "all groups were wiped", ticket.Client, _batch);
        if (runs.Length > 0 && ends is null)
        {
            return TooFast;
        }

        _check.Clear();
        _staged.Clear();
        _suppressed.Clear();
        _wipedIn = _batch;
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

    private Judgement Configure(PushTicket ticket)
    {
        if (!history.Configure(ticket.Settings))
        {
            return new Judgement(null, new PushOutcome(200));
        }

        var record = new PushRecord
        {
            Verb = PushVerb.Configure,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = ticket.ReceivedUnixNano,
            GroupingKey = Labels.Empty,
            Body = ticket.Settings,
        };
        return new Judgement(record, new PushOutcome(200));
    }

    /// <summary>What is due by the clock: runs whose time is over end.</summary>
    private Judgement Upkeep(PushTicket ticket)
    {
        var now = ticket.ReceivedUnixNano;
        var timeout = (long)history.Settings.RunTimeout.TotalMilliseconds;
        var due = history.Runs.All().Where(r => (now - r.LastReceivedUnixNano) / 1_000_000 >= timeout).Take(MaxOpenRuns).ToArray();
        var ends = due.Length == 0 ? null : history.Abandon(due, now, "the run's time was over", null, _batch);
        return new Judgement(null, new PushOutcome(200)) { Before = ends };
    }

    private MetricGroup? Find(Labels key) =>
        _staged.TryGetValue(key, out var staged) ? staged.Group : _wipedIn != 0 ? null : groups.View.Find(key);

    private void Stage(PushRecord record, MetricGroup? group) =>
        _staged[record.GroupingKey] = new Staged(MetricGroup.After(group, record), _batch);

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
        null, new PushOutcome(429, "too many pushes to this group within a second, or the clock was set back", 1), RejectReason.TooFast);

    private readonly record struct Staged(MetricGroup? Group, long Batch);
}
