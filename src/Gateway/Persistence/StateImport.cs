using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Persistence;

/// <summary>
/// Brings what a Pushgateway kept in its <c>--persistence.file</c> into a push log: what its groups last took, as pushes at the times at
/// which they came. So <c>/metrics</c> shows what the Pushgateway showed, push times included, and the pushed series begin with the last
/// push of every group, which is all that a Pushgateway knows.
/// </summary>
public static class StateImport
{
    /// <summary>
    /// Appends the groups of the file, in one batch: all of it is in the log afterwards, durably, or nothing. Groups that the log shows
    /// already stay as they are. No one else may append meanwhile.
    /// </summary>
    /// <param name="file">The file's name, for messages.</param>
    /// <param name="state">What stands in it.</param>
    /// <exception cref="StateFileException">The file cannot be read; nothing is changed.</exception>
    /// <exception cref="IOException">The log cannot be written.</exception>
    public static async Task<StateImportResult> RunAsync(IPushLog log, string file, byte[] state, CancellationToken cancellationToken = default)
    {
        var kept = StateFile.Read(file, state);
        var notes = new List<string>();
        var pushes = kept.SelectMany(g => Pushes(g, notes)).OrderBy(p => p.Push.ReceivedUnixNano).ToList();
        var stamps = new ImportStamps(pushes.Select(p => p.Push));
        var groups = new LatestGroups();
        await foreach (var batch in log.ReadAsync(LogPosition.None, cancellationToken).ConfigureAwait(false))
        {
            foreach (var entry in batch)
            {
                groups.Apply(entry);
                stamps.Note(entry.Record);
            }
        }

        groups.Publish();
        var there = pushes.Select(p => p.Push.Grouping).Distinct().Where(k => groups.View.Find(k) is not null).ToHashSet();
        pushes.RemoveAll(p => there.Contains(p.Push.Grouping));
        var records = pushes.ConvertAll(p => Record(p, stamps));
        if (records.Count > 0 && await log.TryAppendAsync(groups.Position, records, cancellationToken).ConfigureAwait(false) != AppendResult.Appended)
        {
            throw new IOException("someone else has written to the push log meanwhile; nothing was imported");
        }

        return new StateImportResult
        {
            Groups = records.Select(r => r.GroupingKey).Distinct().Count(),
            Families = records.Sum(r => r.Families.Count),
            Entries = records.Count,
            GroupsThere = there.Count,
            Notes = notes,
        };
    }

    /// <summary>The pushes that leave a group as the file has it: one for each time that its families bear, and its last failure.</summary>
    private static IEnumerable<Imported> Pushes(StateGroup group, List<string> notes)
    {
        if (PushScreening.GroupingFault(group.Key) is { } fault)
        {
            notes.Add($"group {group.Key} is left out: {fault}");
            yield break;
        }

        var succeeded = TimeOf(group, MetricGroup.PushTimeName);
        var failed = TimeOf(group, MetricGroup.PushFailureTimeName);
        var last = 0L;
        var families = group.Families.Where(f => f.Name is not (MetricGroup.PushTimeName or MetricGroup.PushFailureTimeName));
        foreach (var pushed in families.GroupBy(f => f.UnixNano).OrderBy(p => p.Key))
        {
            last = pushed.Key;
            yield return new Imported(Prepare(group.Key, pushed, notes), PushVerdict.Accepted);
        }

        // The last push may have left nothing of its own: an empty one, or one whose families went.
        if (succeeded > last)
        {
            yield return new Imported(Prepare(group.Key, succeeded, []), PushVerdict.Accepted);
        }

        if (failed > 0)
        {
            yield return new Imported(Prepare(group.Key, failed, []), PushVerdict.Rejected);
        }
    }

    private static PreparedPush Prepare(Labels group, IGrouping<long, StateFamily> pushed, List<string> notes)
    {
        var good = new List<MetricFamily>();
        foreach (var family in pushed)
        {
            if (family.Family is null)
            {
                notes.Add($"family {family.Name} of group {group} is left out: the file holds nothing under its name");
            }
            else if (Prepare(group, pushed.Key, [family.Family]).Faults is { } faults)
            {
                notes.Add($"family {family.Name} of group {group} is left out: {string.Join("; ", faults)}");
            }
            else
            {
                good.Add(family.Family);
            }
        }

        return Prepare(group, pushed.Key, good);
    }

    private static PreparedPush Prepare(Labels group, long time, List<MetricFamily> families) =>
        PushScreening.Prepare(PushVerb.Merge, group, families, null, time);

    /// <summary>When a push-time family was last set to a time; 0 for never.</summary>
    private static long TimeOf(StateGroup group, string name)
    {
        foreach (var family in group.Families)
        {
            if (family.Name == name && family.Family is { Metrics: [{ Value: > 0 } metric] })
            {
                // The value is the time in seconds, rounded to a float; the family's own time is the same moment to the nanosecond.
                return Math.Abs((family.UnixNano / 1e9) - metric.Value) < 1e-3 ? family.UnixNano : (long)(metric.Value * 1e9);
            }
        }

        return 0;
    }

    private static PushRecord Record(Imported imported, ImportStamps stamps)
    {
        var (push, verdict) = imported;
        var accepted = verdict == PushVerdict.Accepted;
        return new PushRecord
        {
            Verb = push.Verb,
            Verdict = verdict,
            ReceivedUnixNano = push.ReceivedUnixNano,
            Stamp = stamps.Take(accepted ? push.ClockKeys : [ClockKey.OfFailures(push.Grouping)], push.ReceivedUnixNano),
            GroupingKey = push.Grouping,
            Families = push.Families,
            Reason = accepted ? null : "the push failed before its group was imported; the Pushgateway did not keep why",
        };
    }

    private readonly record struct Imported(PreparedPush Push, PushVerdict Verdict);
}
