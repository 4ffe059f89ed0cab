using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>The requests that share one append to the log.</summary>
internal sealed class PushBatch(long number)
{
    /// <summary>The batch's number; rising.</summary>
    public long Number => number;

    /// <summary>All requests, in order.</summary>
    public List<PushTicket> Tickets { get; } = [];

    /// <summary>What the log is to hold of them, in order.</summary>
    public List<PushRecord> Records { get; } = [];

    /// <summary>Judges a request as the next of this batch.</summary>
    public void Add(PushTicket ticket, PushJudge judge)
    {
        ticket.Judgement = judge.Judge(ticket, this);
        Tickets.Add(ticket);
        if (ticket.Judgement.Before is { } before)
        {
            Records.AddRange(before);
        }

        if (ticket.Judgement.Record is { } record)
        {
            Records.Add(record);
        }
    }

    /// <summary>The records at their places behind <paramref name="head"/>.</summary>
    public PushLogEntry[] EntriesAfter(LogPosition head)
    {
        var entries = new PushLogEntry[Records.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            head = head.Next;
            entries[i] = new PushLogEntry(head, Records[i]);
        }

        return entries;
    }
}
