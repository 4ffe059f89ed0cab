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
internal sealed class PushJudge(LatestGroups groups, PushClock clock, bool checks)
{
    private const long RejectionIntervalNano = 1_000_000_000;

    private readonly ConsistencyCheck _check = new();
    private readonly Dictionary<Labels, Staged> _staged = [];
    private readonly Dictionary<Labels, long> _suppressed = [];
    private readonly ulong[] _failureKey = new ulong[1];
    private long _batch;
    private long _wipedIn;

    /// <summary>Judges one request as part of the batch with this number; batches have rising numbers from 1.</summary>
    public Judgement Judge(PushTicket ticket, long batch)
    {
        _batch = batch;
        return ticket.Verb switch
        {
            PushVerb.Delete => Delete(ticket),
            PushVerb.Wipe => Wipe(ticket),
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
    }

    /// <summary>Forgets all that is staged and starts from the published groups.</summary>
    public void Rebuild()
    {
        _staged.Clear();
        _wipedIn = 0;
        if (checks)
        {
            _check.Rebuild(groups.View);
        }
    }

    private Judgement Push(PreparedPush push)
    {
        var group = Find(push.Grouping);
        if (group is null && OtherSpelling(push.Grouping) is { } other && Find(other) is not null)
        {
            var metric = new Metric { Labels = push.Grouping, Payload = MetricPayload.Gauge, Value = push.ReceivedUnixNano / 1e9 };
            var text = MetricText.Refusal([MetricText.Fault(MetricGroup.PushTimeName, metric, ConsistencyCheck.CollectedBefore)]);
            return new Judgement(null, new PushOutcome(400, text), RejectReason.GroupingLabels);
        }

        var faults = push.Faults;
        if (checks && faults is null)
        {
            _check.Judge(push, group, ref faults);
        }

        if (faults is not null)
        {
            return Reject(push, group, MetricText.Refusal(faults));
        }

        if (!clock.TryStamp(push.ClockKeys, push.ReceivedUnixNano, out var stamp))
        {
            const string TooFast = "too many pushes to this group within a second, or the clock was set back";
            return new Judgement(null, new PushOutcome(429, TooFast, 1), RejectReason.TooFast);
        }

        var record = new PushRecord
        {
            Verb = push.Verb,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = push.ReceivedUnixNano,
            Stamp = stamp,
            GroupingKey = group?.Key ?? push.Grouping,
            Families = push.Families,
        };
        if (checks)
        {
            _check.Take(push, group);
        }

        Stage(record, group);
        return new Judgement(record, new PushOutcome(checks ? 200 : 202));
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
        };
        Stage(record, group);
        return new Judgement(record, outcome, push.FaultReason);
    }

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
        if (Find(ticket.Grouping) is not { } group)
        {
            return new Judgement(null, new PushOutcome(202));
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
        };
        return new Judgement(record, new PushOutcome(202));
    }

    private Judgement Wipe(PushTicket ticket)
    {
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
        };
        return new Judgement(record, new PushOutcome(202));
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

    private readonly record struct Staged(MetricGroup? Group, long Batch);
}
