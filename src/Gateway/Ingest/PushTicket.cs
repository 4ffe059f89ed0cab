using System.Threading.Tasks.Sources;
using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>One request on its way through the writer, and the promise of its answer, which is awaited once.</summary>
internal sealed class PushTicket : IValueTaskSource<PushOutcome>
{
    private ManualResetValueTaskSourceCore<PushOutcome> _answer;
    private int _answered;

    private PushTicket(PushVerb verb, Labels grouping, long receivedUnixNano, PreparedPush? push, bool waitsShortly)
    {
        Verb = verb;
        Grouping = grouping;
        ReceivedUnixNano = receivedUnixNano;
        Push = push;
        _answer.RunContinuationsAsynchronously = !waitsShortly;
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

    /// <summary>What is to hold from now on, or is to be forgotten, as the body of an entry.</summary>
    public ReadOnlyMemory<byte> Body { get; private init; }

    /// <summary>The groups, where there are several.</summary>
    public IReadOnlyList<Labels>? Groups { get; private init; }

    /// <summary>Which of <see cref="Groups"/> are to be deleted.</summary>
    public Predicate<MetricGroup>? Still { get; private init; }

    /// <summary>The parts of a batch; null where the request is none.</summary>
    public IReadOnlyList<PushTicket>? Items { get; private init; }

    /// <summary>Which part of a batch was refused; -1: none.</summary>
    public int RefusedItem { get; set; } = -1;

    /// <summary>What the judge decided; it stands once the batch is durable.</summary>
    public Judgement Judgement { get; set; }

    /// <summary>The answer; to be taken once.</summary>
    public ValueTask<PushOutcome> Answered => new(this, _answer.Version);

    /// <param name="waitsShortly">
    /// Whether whoever waits does nothing but write the answer when it comes: it may then run on the thread that answers the whole batch.
    /// </param>
    public static PushTicket OfPush(PreparedPush push, bool waitsShortly = false) =>
        new(push.Verb, push.Grouping, push.ReceivedUnixNano, push, waitsShortly) { Terms = push.Terms, Client = push.Client };

    public static PushTicket OfDelete(Labels grouping, long receivedUnixNano, PushTerms? terms, PushClient? client) =>
        new(PushVerb.Delete, grouping, receivedUnixNano, null, false) { Terms = terms, Client = client };

    public static PushTicket OfWipe(long receivedUnixNano, PushClient? client) =>
        new(PushVerb.Wipe, Labels.Empty, receivedUnixNano, null, false) { Client = client };

    /// <summary>Nobody's request: the settings that folds depend on.</summary>
    public static PushTicket OfConfigure(long nowUnixNano, ReadOnlyMemory<byte> settings) =>
        new(PushVerb.Configure, Labels.Empty, nowUnixNano, null, false) { Body = settings };

    /// <summary>Deletes pushed samples.</summary>
    public static PushTicket OfForget(long receivedUnixNano, ReadOnlyMemory<byte> forgotten, PushClient? client) =>
        new(PushVerb.Forget, Labels.Empty, receivedUnixNano, null, false) { Body = forgotten, Client = client };

    /// <summary>Nobody's request: what is due by the clock.</summary>
    /// <param name="groups">Groups whose time may be over.</param>
    public static PushTicket OfUpkeep(long nowUnixNano, IReadOnlyList<Labels> groups) =>
        new(PushVerb.Expire, Labels.Empty, nowUnixNano, null, false) { Groups = groups };

    /// <summary>Deletes several groups, in one entry of the log each.</summary>
    /// <param name="still">Whether a group, as it stands when its turn comes, is still to go.</param>
    public static PushTicket OfDeletions(IReadOnlyList<Labels> groups, Predicate<MetricGroup> still, long receivedUnixNano, PushClient? client) =>
        new(PushVerb.Delete, Labels.Empty, receivedUnixNano, null, false) { Groups = groups, Still = still, Client = client };

    /// <summary>Several requests that are taken all or not at all.</summary>
    public static PushTicket OfBatch(IReadOnlyList<PushTicket> items, long receivedUnixNano, PushClient? client) =>
        new(PushVerb.Merge, Labels.Empty, receivedUnixNano, null, false) { Items = items, Client = client };

    /// <summary>Answers the request; only the first answer counts.</summary>
    public void Answer(PushOutcome outcome)
    {
        if (Interlocked.Exchange(ref _answered, 1) == 0)
        {
            _answer.SetResult(outcome);
        }
    }

    PushOutcome IValueTaskSource<PushOutcome>.GetResult(short token) => _answer.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<PushOutcome>.GetStatus(short token) => _answer.GetStatus(token);

    void IValueTaskSource<PushOutcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _answer.OnCompleted(continuation, state, token, flags);
}
