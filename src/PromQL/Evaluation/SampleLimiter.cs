using Tallygate.PromQL.Values;

namespace Tallygate.PromQL.Evaluation;

/// <summary>Counts the samples that a query holds, and ends it where they become too many, it takes too long, or its caller gave up.</summary>
internal sealed class SampleLimiter
{
    private const int SamplesBetweenChecks = 4096;

    // A row has room for each step, whether it has a sample there or not: so much room is let go for one sample that may be held.
    private const int RoomForSample = 4;
    private const long LeastRoom = 1 << 22;

    private readonly int _max;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TimeSpan _timeout;
    private readonly CancellationToken _cancellation;
    private readonly int _untilCheck;
    private int _workLeft;
    private int _sinceCheck;

    /// <param name="max">How many samples may be held at a time.</param>
    /// <param name="mostWork">How much work there may be; 0: any.</param>
    public SampleLimiter(int max, TimeProvider time, TimeSpan timeout, CancellationToken cancellation, int mostWork = 0)
    {
        _max = max;
        _time = time;
        _started = time.GetTimestamp();
        _timeout = timeout;
        _cancellation = cancellation;
        _untilCheck = mostWork == 0 ? SamplesBetweenChecks : Math.Min(SamplesBetweenChecks, mostWork);
        _workLeft = mostWork == 0 ? -1 : mostWork;
    }

    /// <summary>The samples held now. Who lets samples go sets it back.</summary>
    public long Held { get; private set; }

    /// <summary>The steps of all rows that are held now.</summary>
    public long Room { get; private set; }

    /// <summary>The most samples that were held at a time.</summary>
    public long Peak { get; private set; }

    /// <summary>How many samples were read from the store.</summary>
    public long Read { get; private set; }

    /// <summary>How many samples the windows of all steps have together.</summary>
    public long LookedAt { get; private set; }

    /// <summary>Takes note of samples that came from the store, and of how often steps look at them.</summary>
    public void Count(long read, long lookedAt)
    {
        Read += read;
        LookedAt += lookedAt;
    }

    /// <summary>Takes note of samples that are now held.</summary>
    public void Hold(long samples)
    {
        Held += samples;
        Peak = Math.Max(Peak, Held);
        RefuseTooMany(Held);
    }

    /// <summary>Refuses what is about to be held beside all that is held.</summary>
    public void Foresee(long samples) => RefuseTooMany(Held + samples);

    /// <summary>Takes note of the room of a row that is about to be made and kept: rows of few samples and many steps are refused in time.</summary>
    public void MakeRoom(int steps)
    {
        Room += steps;
        if (Room > LeastRoom)
        {
            RefuseTooMany(Room / RoomForSample);
        }
    }

    /// <summary>Goes back to an earlier room, after the rows made since then have been let go.</summary>
    public void ReturnRoomTo(long room) => Room = room;

    /// <summary>Goes back to an earlier count, after what was held since then has been let go.</summary>
    public void ReturnTo(long held) => Held = held;

    /// <summary>Called for work done on samples: looks at clock and caller every few thousand.</summary>
    public void Work(int samples)
    {
        _sinceCheck += samples;
        if (_sinceCheck >= _untilCheck)
        {
            Check();
        }
    }

    /// <summary>Looks at clock and caller.</summary>
    public void Check()
    {
        if (_workLeft >= 0 && (_workLeft -= _sinceCheck) < 0)
        {
            throw new QueryException(QueryErrorKind.TooMuchWork, "query is more work than was allowed");
        }

        _sinceCheck = 0;
        if (_cancellation.IsCancellationRequested)
        {
            throw new QueryException(QueryErrorKind.Canceled, "query was canceled in expression evaluation");
        }

        if (_time.GetElapsedTime(_started) > _timeout)
        {
            throw new QueryException(QueryErrorKind.Timeout, "query timed out in expression evaluation");
        }
    }

    private void RefuseTooMany(long samples)
    {
        if (samples > _max)
        {
            throw QueryException.Execution("query processing would load too many samples into memory in query execution");
        }
    }
}
