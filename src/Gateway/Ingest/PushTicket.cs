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

    /// <summary>What the judge decided; it stands once the batch is durable.</summary>
    public Judgement Judgement { get; set; }

    /// <summary>The answer.</summary>
    public Task<PushOutcome> Answered => _answer.Task;

    public static PushTicket OfPush(PreparedPush push) => new(push.Verb, push.Grouping, push.ReceivedUnixNano, push);

    public static PushTicket OfDelete(Labels grouping, long receivedUnixNano) => new(PushVerb.Delete, grouping, receivedUnixNano, null);

    public static PushTicket OfWipe(long receivedUnixNano) => new(PushVerb.Wipe, Labels.Empty, receivedUnixNano, null);

    /// <summary>Answers the request; only the first answer counts.</summary>
    public void Answer(PushOutcome outcome) => _answer.TrySetResult(outcome);
}
