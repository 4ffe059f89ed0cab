using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>One request on its way through the writer.</summary>
internal sealed class PushTicket
{
    private readonly TaskCompletionSource<PushOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PushTicket(PushVerb verb, Labels grouping, long receivedUnixNano, PreparedPush? push)
    {
        Verb = verb;
        Grouping = grouping;
        ReceivedUnixNano = receivedUnixNano;
        Push = push;
    }

    /// <summary>What was asked for.</summary>
    public PushVerb Verb { get; }

    /// <summary>The group; empty for a wipe.</summary>
    public Labels Grouping { get; }

    /// <summary>When it came, Unix nanoseconds.</summary>
    public long ReceivedUnixNano { get; }

    /// <summary>The push, for PUT and POST.</summary>
    public PreparedPush? Push { get; }

    /// <summary>What the request says beside; null for nothing.</summary>
    public PushTerms? Terms { get; init; }

    /// <summary>Who asks; null where it is not known.</summary>
    public PushClient? Client { get; init; }

    /// <summary>What the judge decided; it stands once the batch is durable.</summary>
    public Judgement Judgement { get; set; }

    /// <summary>The answer.</summary>
    public Task<PushOutcome> Answered => _answer.Task;

    public static PushTicket OfPush(PreparedPush push) =>
        new(push.Verb, push.Grouping, push.ReceivedUnixNano, push) { Terms = push.Terms, Client = push.Client };

    public static PushTicket OfDelete(Labels grouping, long receivedUnixNano, PushTerms? terms, PushClient? client) =>
        new(PushVerb.Delete, grouping, receivedUnixNano, null) { Terms = terms, Client = client };

    public static PushTicket OfWipe(long receivedUnixNano, PushClient? client) =>
        new(PushVerb.Wipe, Labels.Empty, receivedUnixNano, null) { Client = client };

    /// <summary>Nobody's request: what is due by the clock.</summary>
    public static PushTicket OfUpkeep(long nowUnixNano) => new(PushVerb.Expire, Labels.Empty, nowUnixNano, null);

    /// <summary>Answers the request; only the first answer counts.</summary>
    public void Answer(PushOutcome outcome) => _answer.TrySetResult(outcome);
}
