using Tallygate.Gateway.Folds;
using Tallygate.Gateway.Ingest;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Persistence;

/// <summary>
/// Seeds a push log with what was pushed elsewhere before: each is a late push at its own time, so that the pushed series reach back. The
/// gateway view stays as it is. Of a group that pushes to this log, only what is older than its own pushes is taken; and what an earlier
/// import brought is not taken again, so an import may be repeated, also after a crash in its midst.
/// </summary>
public static class HistoryImport
{
    private const string Agent = "tallygate import";
    private const int BatchEntries = 1000;
    private const int MaxNotes = 20;

    /// <summary>Appends the pushes. No one else may append meanwhile.</summary>
    /// <param name="nowUnixNano">When the import happens: the entries were received then.</param>
    /// <param name="progress">Told how many pushes are seen to.</param>
    /// <exception cref="IOException">The log cannot be read or written; what was appended before stays.</exception>
    public static async Task<HistoryImportResult> RunAsync(
        IPushLog log, IReadOnlyList<SeedPush> seeds, long nowUnixNano, Action<long> progress, CancellationToken cancellationToken = default)
    {
        var notes = new List<string>();
        var pushes = seeds.OrderBy(static s => s.UnixNano).Select(s => Prepare(s, notes)).OfType<PreparedPush>().ToList();
        var stamps = new ImportStamps(pushes);
        var groups = new LatestGroups();
        var ownSince = new Dictionary<Labels, long>();
        var known = new HashSet<(Labels Group, long UnixNano)>();
        await foreach (var batch in log.ReadAsync(LogPosition.None, cancellationToken).ConfigureAwait(false))
        {
            foreach (var entry in batch)
            {
                groups.Apply(entry);
                stamps.Note(entry.Record);
                Note(entry.Record, ownSince, known);
            }
        }

        groups.Publish();
        var head = groups.Position;
        var (done, there, own) = (0L, 0L, 0L);
        var records = new List<PushRecord>();
        var shown = new HashSet<Labels>();
        foreach (var push in pushes)
        {
            progress(done + there + own);
            var isForeign = !ownSince.TryGetValue(push.Grouping, out var since);
            if (isForeign)
            {
                shown.Add(push.Grouping);
            }

            if (!known.Add((push.Grouping, push.ReceivedUnixNano)))
            {
                there++;
                continue;
            }

            if (!isForeign && push.ReceivedUnixNano >= since)
            {
                own++;
                continue;
            }

            done++;
            records.Add(Record(push, stamps.Take(push.ClockKeys, push.ReceivedUnixNano), nowUnixNano));
            if (records.Count >= BatchEntries)
            {
                head = await AppendAsync(log, head, records, cancellationToken).ConfigureAwait(false);
            }
        }

        // A group that nobody pushed to here is history only, also where an import that a crash ended has left it in the view.
        records.AddRange(shown.Where(g => done > 0 || groups.View.Find(g) is not null).Select(g => new PushRecord
        {
            Verb = PushVerb.Delete,
            Verdict = PushVerdict.Accepted,
            ReceivedUnixNano = nowUnixNano,
            GroupingKey = g,
            Client = new PushClient("", Agent),
        }));
        if (records.Count > 0)
        {
            await AppendAsync(log, head, records, cancellationToken).ConfigureAwait(false);
        }

        return new HistoryImportResult { Pushes = done, There = there, Own = own, Notes = notes };
    }

    private static async Task<LogPosition> AppendAsync(IPushLog log, LogPosition head, List<PushRecord> records, CancellationToken cancellationToken)
    {
        if (await log.TryAppendAsync(head, records, cancellationToken).ConfigureAwait(false) != AppendResult.Appended)
        {
            throw new IOException("someone else has written to the push log meanwhile");
        }

        head = new LogPosition(head.Value + records.Count);
        records.Clear();
        return head;
    }

    private static void Note(PushRecord record, Dictionary<Labels, long> ownSince, HashSet<(Labels Group, long UnixNano)> known)
    {
        if (record.Verdict != PushVerdict.Accepted || record.Verb is not (PushVerb.Replace or PushVerb.Merge))
        {
            return;
        }

        var time = record.PushedUnixNano;
        if (record.Client?.UserAgent == Agent)
        {
            known.Add((record.GroupingKey, time));
        }
        else if (!ownSince.TryGetValue(record.GroupingKey, out var since) || time < since)
        {
            ownSince[record.GroupingKey] = time;
        }
    }

    /// <summary>A push with all that is its own; null, and a note, where it cannot be one.</summary>
    private static PreparedPush? Prepare(SeedPush seed, List<string> notes)
    {
        var fault = PushScreening.GroupingFault(seed.Group);
        if (fault is null)
        {
            var push = PushScreening.Prepare(PushVerb.Merge, seed.Group, seed.Families, null, seed.UnixNano);
            if (push.Faults is null)
            {
                return push;
            }

            fault = string.Join("; ", push.Faults);
        }

        if (notes.Count < MaxNotes)
        {
            notes.Add($"a push of {seed.Group} is left out: {fault}");
        }

        return null;
    }

    private static PushRecord Record(PreparedPush push, long stamp, long nowUnixNano) => new()
    {
        Verb = push.Verb,
        Verdict = PushVerdict.Accepted,
        ReceivedUnixNano = nowUnixNano,
        Stamp = stamp,
        GroupingKey = push.Grouping,
        Families = push.Families,
        Terms = new PushTerms { PushTimeUnixNano = push.ReceivedUnixNano },
        Client = new PushClient("", Agent),
    };
}
