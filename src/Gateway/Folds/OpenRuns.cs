using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Folds;

/// <summary>
/// The fold of runs: what is open, and which ids have ended. It comes before the folds that book, because it knows what an entry that ends
/// a run books: the run's last values. Belongs to the writer; the counts may be read by any thread.
/// </summary>
internal sealed class OpenRuns(Func<GatewaySettings> settings) : IFold
{
    private readonly Dictionary<Labels, OpenRun[]> _open = [];
    private readonly RememberedHashes _ended = new();
    private OpenRun? _endedNow;
    private int _count;

    /// <inheritdoc/>
    public string Name => "runs";

    /// <inheritdoc/>
    public LogPosition Position { get; private set; }

    /// <summary>How many runs are open.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The run that the entry ended that was applied last; null where it ended none.</summary>
    public OpenRun? EndedNow => _endedNow;

    /// <summary>The groups with open runs.</summary>
    public IReadOnlyDictionary<Labels, OpenRun[]> Open => _open;

    /// <summary>The open runs of a group, in the order in which they began.</summary>
    public OpenRun[] Of(Labels group) => _open.GetValueOrDefault(group) ?? [];

    /// <summary>Whether a run has ended, and is still remembered.</summary>
    public bool HasEnded(UInt128 run) => _ended.TryGet(run, out _);

    /// <inheritdoc/>
    public void Apply(in PushLogEntry entry)
    {
        Position = entry.Position;
        _endedNow = null;
        var record = entry.Record;
        if (record.Verdict != PushVerdict.Accepted || record.Terms?.RunId is not { } id)
        {
            return;
        }

        var before = Of(record.GroupingKey);
        var after = After(before, record, out _endedNow);
        Volatile.Write(ref _count, _count + after.Length - before.Length);
        if (after.Length > 0)
        {
            _open[record.GroupingKey] = after;
        }
        else
        {
            _open.Remove(record.GroupingKey);
        }

        if (Ends(record))
        {
            var bounds = settings();
            _ended.Add(
                PushFingerprint.OfRun(record.GroupingKey, id),
                0,
                record.ReceivedUnixNano / 1_000_000,
                (long)bounds.IdempotencyWindow.TotalMilliseconds,
                bounds.IdempotencyKeys);
        }
    }

    /// <inheritdoc/>
    public void Publish()
    {
        // Only the writer's own judge and folds look.
    }

    /// <summary>What the entry that was applied last books in the pushed series and totals; null where it books nothing.</summary>
    public IReadOnlyList<MetricFamily>? Booked(PushRecord record)
    {
        if (record.Verdict != PushVerdict.Accepted)
        {
            return null;
        }

        return record.Verb switch
        {
            PushVerb.Replace or PushVerb.Merge when record.Terms?.RunId is null => record.Families,
            PushVerb.Replace or PushVerb.Merge or PushVerb.RunClosed => _endedNow?.Families,
            _ => null,
        };
    }

    /// <summary>Whether an accepted entry about a run ends it.</summary>
    public static bool Ends(PushRecord record) =>
        record.Verb == PushVerb.RunClosed || record.Terms?.State is RunState.Finished or RunState.Failed;

    /// <summary>The open runs of a group after an accepted entry about one of them.</summary>
    /// <param name="ended">The run that it ended, with its last values; null where it ended none.</param>
    public static OpenRun[] After(OpenRun[] runs, PushRecord record, out OpenRun? ended)
    {
        var id = record.Terms!.RunId;
        var at = Array.FindIndex(runs, r => r.Id == id);
        var run = at < 0 ? null : runs[at];
        if (record.Verb != PushVerb.RunClosed)
        {
            run = OpenRun.After(run, record);
        }

        ended = Ends(record) ? run : null;
        if (ended is not null || run is null)
        {
            return at < 0 ? runs : [.. runs.AsSpan(0, at), .. runs.AsSpan(at + 1)];
        }

        if (at < 0)
        {
            return [.. runs, run];
        }

        var after = runs.AsSpan().ToArray();
        after[at] = run;
        return after;
    }
}
