using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tallygate.Gateway.Folds;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>
/// The one writer of the gateway. Doctrine: every request goes through its loop, in order of arrival. What waits becomes one batch: judged
/// in order, appended to the log with one sync, folded, published, answered. Where the log appends on a thread of its own, the next batch is
/// judged meanwhile, against the state that the first will leave. If an append fails, all requests of that batch get 503, nothing of it is
/// folded, and the batch behind it is judged anew. If a fold fails, memory and log no longer agree: the loop ends,
/// <see cref="Completion"/> faults, and the process is to stop.
/// </summary>
internal sealed class PushWriter
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(5);

    private readonly IPushLog _log;
    private readonly FoldRunner _folds;
    private readonly PushJudge _judge;
    private readonly PushCounters _counters;
    private readonly ILogger _logger;
    private readonly Channel<PushTicket> _queue;
    private readonly int _maxBatch;
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PushBatch _next = new(1);

    public PushWriter(IPushLog log, FoldRunner folds, PushJudge judge, PushCounters counters, ILogger logger, int queueLength, int maxBatch)
    {
        _log = log;
        _folds = folds;
        _judge = judge;
        _counters = counters;
        _logger = logger;
        _maxBatch = maxBatch;
        _queue = Channel.CreateBounded<PushTicket>(new BoundedChannelOptions(queueLength) { SingleReader = true });
    }

    /// <summary>Ends when the loop has ended: after a stop, or with the error that broke it.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>How many requests wait.</summary>
    public int QueueLength => _queue.Reader.Count;

    /// <summary>Starts the loop.</summary>
    public void Start()
    {
        Completion = _completed.Task;
        new Thread(Run) { IsBackground = true, Name = "push writer" }.Start();
    }

    /// <summary>Lets the loop finish what waits, and end.</summary>
    public void Stop() => _queue.Writer.TryComplete();

    /// <summary>Puts what is due by the clock in the queue, if there is a place.</summary>
    public bool TryAsk(PushTicket ticket) => _queue.Writer.TryWrite(ticket);

    /// <summary>Puts a request in the queue, waiting for a place in it, and waits for the answer.</summary>
    public ValueTask<PushOutcome> AskAsync(PushTicket ticket, CancellationToken cancellationToken) =>
        _queue.Writer.TryWrite(ticket) ? ticket.Answered : AskLaterAsync(ticket, cancellationToken);

    private async ValueTask<PushOutcome> AskLaterAsync(PushTicket ticket, CancellationToken cancellationToken)
    {
        try
        {
            await _queue.Writer.WriteAsync(ticket, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            _counters.CountRejected(RejectReason.NotDurable);
            return Unavailable("the gateway is stopping");
        }

        return await ticket.Answered.ConfigureAwait(false);
    }

    // On a thread of its own: a turn through the pool for each step of a batch would cost more than the steps, and come later.
    private void Run()
    {
        PushBatch? writing = null;
        try
        {
            var append = Task.FromResult(AppendResult.Appended);
            while (true)
            {
                Take();
                if (writing is not null)
                {
                    if (append.IsCompleted || _next.Tickets.Count >= _maxBatch || WaitShortly(append))
                    {
                        // Until it is finished it stays in hand: should that break, its requests must be answered all the same.
                        Finish(writing, append);
                        writing = null;
                    }
                }
                else if (_next.Tickets.Count > 0)
                {
                    writing = _next;
                    _next = new PushBatch(writing.Number + 1);
                    append = AppendAsync(writing);
                }
                else if (!WaitForTickets())
                {
                    break;
                }
            }

            _completed.SetResult();
        }
        catch (Exception broken)
        {
            Log.WriterBroken(_logger, broken);
            FailAll(writing);
            _completed.SetException(broken);
        }
    }

    private bool WaitForTickets()
    {
        var waiting = _queue.Reader.WaitToReadAsync();
        return waiting.IsCompleted ? waiting.Result : waiting.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Whether the append is over; what comes meanwhile is judged at the next look, a thread woken for each would cost more.</summary>
    private static bool WaitShortly(Task append) => Task.WaitAny([append], LookAgain) == 0;

    private void Take()
    {
        while (_next.Tickets.Count < _maxBatch && _queue.Reader.TryRead(out var ticket))
        {
            _next.Add(ticket, _judge);
        }
    }

    private async Task<AppendResult> AppendAsync(PushBatch batch) =>
        batch.Records.Count == 0
            ? AppendResult.Appended
            : await _log.TryAppendAsync(_folds.Position, batch.Records, CancellationToken.None).ConfigureAwait(false);

    private void Finish(PushBatch batch, Task<AppendResult> append)
    {
        AppendResult result;
        try
        {
            result = append.GetAwaiter().GetResult();
        }
        catch (IOException failure)
        {
            Log.AppendFailed(_logger, batch.Records.Count, failure);
            Interlocked.Increment(ref _counters.LogFailures);
            Refuse(batch, failure);
            JudgeAnew([]);
            return;
        }

        if (result == AppendResult.HeadMoved)
        {
            _folds.CatchUpAsync(_log, static _ => { }, CancellationToken.None).GetAwaiter().GetResult();
            JudgeAnew(batch.Tickets);
            return;
        }

        if (batch.Records.Count > 0)
        {
            _folds.Apply(batch.EntriesAfter(_folds.Position));
            _judge.Landed(batch);
            Interlocked.Increment(ref _counters.Batches);
        }

        foreach (var ticket in batch.Tickets)
        {
            if (ticket is { Items: { } items, RefusedItem: < 0 })
            {
                foreach (var item in items)
                {
                    Count(item);
                }
            }
            else
            {
                Count(ticket);
            }
        }

        PushAnswers.Give(batch.Tickets);
    }

    private void Refuse(PushBatch batch, IOException failure)
    {
        var outcome = Unavailable($"the push could not be made durable: {failure.Message}");
        foreach (var ticket in batch.Tickets)
        {
            _counters.CountRejected(RejectReason.NotDurable);
            ticket.Answer(outcome);
        }
    }

    /// <summary>Goes back to what is published and judges the waiting batch again, <paramref name="before"/> in front of it.</summary>
    private void JudgeAnew(List<PushTicket> before)
    {
        _judge.Rebuild();
        var batch = new PushBatch(_next.Number + 1);
        foreach (var ticket in before)
        {
            batch.Add(ticket, _judge);
        }

        foreach (var ticket in _next.Tickets)
        {
            batch.Add(ticket, _judge);
        }

        _next = batch;
    }

    private void Count(PushTicket ticket)
    {
        var (record, outcome, reason) = ticket.Judgement;
        if (ticket.Judgement.Before is { } ended)
        {
            Interlocked.Add(ref _counters.RunsAbandoned, ended.Count(static r => r.Verb == PushVerb.RunClosed));
            Interlocked.Add(ref _counters.Expired, ended.Count(static r => r.Verb == PushVerb.Expire));
            Interlocked.Add(ref _counters.Deletes, ended.Count(static r => r.Verb == PushVerb.Delete));
        }

        if (outcome.Replayed)
        {
            Interlocked.Increment(ref _counters.Replayed);
        }

        if (reason is { } why)
        {
            _counters.CountRejected(why);
            if (record is null && why is not (RejectReason.GroupingLabels or RejectReason.TooFast))
            {
                Interlocked.Increment(ref _counters.Suppressed);
            }
            else if (record is not null)
            {
                Log.PushRejected(_logger, record.GroupingKey, outcome.Error);
            }
        }
        else if (record is not null)
        {
            ref var counter = ref _counters.Other;
            switch (record.Verb)
            {
                case PushVerb.Replace: counter = ref _counters.Replaces; break;
                case PushVerb.Merge: counter = ref _counters.Merges; break;
                case PushVerb.Delete: counter = ref _counters.Deletes; break;
                case PushVerb.Wipe: counter = ref _counters.Wipes; break;
                default: break;
            }

            Interlocked.Increment(ref counter);
            if (record.Terms?.PushTimeUnixNano is not null)
            {
                Interlocked.Increment(ref _counters.Late);
            }
        }
    }

    private void FailAll(PushBatch? writing)
    {
        _queue.Writer.TryComplete();
        var outcome = Unavailable("the gateway has stopped after an internal error");
        writing?.Tickets.ForEach(t => t.Answer(outcome));
        _next.Tickets.ForEach(t => t.Answer(outcome));
        while (_queue.Reader.TryRead(out var ticket))
        {
            ticket.Answer(outcome);
        }
    }

    private static PushOutcome Unavailable(string text) => new(503, text, 1);
}
