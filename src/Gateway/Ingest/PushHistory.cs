using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Totals;
using Tallygate.Model;
using Tallygate.PushLog;
using Tallygate.Storage;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// What the judge must know of the past beside the groups: runs, keys, and the stamps that are taken, durable or on their way to the disk.
/// Belongs to the writer.
/// </summary>
internal sealed class PushHistory(
    OpenRuns runs, PushKeys keys, RunningTotals totals, PushClock clock, IQueryableStorage booked, Func<GatewaySettings> settings)
{
    private ReadOnlyMemory<byte>? _configured;
    private readonly LateStamps _late = new(booked);

    /// <summary>The settings that hold now.</summary>
    public GatewaySettings Settings => settings();

    public StagedRuns Runs { get; } = new(runs);

    public StagedKeys Keys { get; } = new(keys);

    /// <summary>What the parts of a request that were judged so far leave; null where a request has no parts.</summary>
    public IReadOnlyList<PushRecord>? Parts
    {
        set => _late.Parts = value;
    }

    /// <summary>Takes note of a batch that is being judged.</summary>
    public void Begin(PushBatch batch) => _late.Begin(batch);

    /// <summary>Takes note that a batch is durable and folded.</summary>
    public void Landed(PushBatch batch)
    {
        Runs.Landed(batch);
        Keys.Landed(batch);
        _late.Landed(batch);
    }

    /// <summary>Forgets all that is staged.</summary>
    public void Clear()
    {
        _configured = null;
        Runs.Clear();
        Keys.Clear();
        _late.Clear();
    }

    /// <summary>Lets settings of folds hold; false where they hold already.</summary>
    public bool Configure(ReadOnlyMemory<byte> body)
    {
        if ((_configured ?? totals.Configured).Span.SequenceEqual(body.Span))
        {
            return false;
        }

        _configured = body;
        return true;
    }

    /// <summary>
    /// Finds the stamp of a push that books samples; false where its second is full. The samples are those of the push and of the run that it
    /// ends.
    /// </summary>
    public bool TryStamp(PreparedPush push, OpenRun? run, out long stamp)
    {
        var taken = run is null ? push.ClockKeys : [.. push.ClockKeys, .. KeysOf(run)];
        if (push.Terms?.PushTimeUnixNano is not { } time)
        {
            return TryStamp(push.Grouping, taken, push.ReceivedUnixNano, out stamp);
        }

        if (!_late.TryFind(push.Grouping, clock, taken, PushClock.CeilingMs(time), out stamp))
        {
            return false;
        }

        clock.Choose(taken, stamp, push.ReceivedUnixNano);
        return true;
    }

    /// <summary>
    /// Finds the stamp of something that happens now: as the clock remembers, and where it was set back over what it remembers, by what is
    /// booked.
    /// </summary>
    public bool TryStamp(Labels grouping, ReadOnlySpan<ulong> keys, long receivedUnixNano, out long stamp)
    {
        if (clock.HasForgotten(keys, receivedUnixNano))
        {
            // Once for these series: from here on the clock remembers them until it has caught up.
            clock.Recall(keys, _late.Newest(grouping, PushClock.CeilingMs(receivedUnixNano), clock.Passed));
        }

        return clock.TryStamp(keys, receivedUnixNano, out stamp);
    }

    /// <summary>Ends runs that nobody ended, and stages that; null, and nothing changed, where the clock leaves no stamps for them.</summary>
    /// <param name="undo">Gets what takes it back; null where nobody will.</param>
    public IReadOnlyList<PushRecord>? Abandon(
        IReadOnlyCollection<OpenRun> open, long nowUnixNano, string reason, PushClient? client, long batch, Stack<Action>? undo = null)
    {
        var records = new List<PushRecord>(open.Count);
        foreach (var run in open)
        {
            if (!TryStamp(run.Group, KeysOf(run), nowUnixNano, out var stamp))
            {
                return null;
            }

            records.Add(new PushRecord
            {
                Verb = PushVerb.RunClosed,
                Verdict = PushVerdict.Accepted,
                ReceivedUnixNano = nowUnixNano,
                Stamp = stamp,
                GroupingKey = run.Group,
                Reason = reason,
                Terms = new PushTerms { RunId = run.Id, State = RunState.Abandoned },
                Client = client,
            });
        }

        records.ForEach(r => Runs.Stage(r, batch, undo));
        return records;
    }

    private static ulong[] KeysOf(OpenRun run)
    {
        var keys = new HashSet<ulong> { ClockKey.Of(run.Group) };
        foreach (var family in run.Families)
        {
            foreach (var metric in family.Metrics)
            {
                keys.Add(ClockKey.Of(metric.Labels));
            }
        }

        return [.. keys];
    }
}
