namespace Tallygate.Gateway.Ingest;

/// <summary>
/// The answers of a batch, or of a part of it, given one after the other on a thread of the pool: one turn for many requests. A few are given
/// on the writer's own thread.
/// </summary>
internal sealed class PushAnswers : IThreadPoolWorkItem
{
    // Two threads for a large batch; a turn for each request would cost more than the answers themselves.
    private const int AtOnce = 32;

    // So few are answered sooner than a thread of the pool is woken.
    private const int Few = 4;

    private readonly List<PushTicket> _tickets;
    private readonly int _from;
    private readonly int _to;

    private PushAnswers(List<PushTicket> tickets, int from, int to)
    {
        _tickets = tickets;
        _from = from;
        _to = to;
    }

    /// <summary>Has every request answered as the judge decided.</summary>
    public static void Give(List<PushTicket> tickets)
    {
        if (tickets.Count <= Few)
        {
            new PushAnswers(tickets, 0, tickets.Count).Give();
            return;
        }

        for (var from = 0; from < tickets.Count; from += AtOnce)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new PushAnswers(tickets, from, Math.Min(tickets.Count, from + AtOnce)), preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => Give();

    private void Give()
    {
        for (var i = _from; i < _to; i++)
        {
            _tickets[i].Answer(_tickets[i].Judgement.Outcome);
        }
    }
}
