namespace Tallygate.Gateway.Schedules;

/// <summary>What is known of the runs of one job.</summary>
internal sealed class JobState
{
    private const int KeptGaps = 16;
    private const int GapsToLearn = 5;

    private long[] _runs = new long[Enum.GetValues<JobOutcome>().Length];
    private long[] _gapsMs = new long[KeptGaps];
    private int _gaps;

    /// <summary>When the entry came that was told last, Unix nanoseconds.</summary>
    public long TouchedUnixNano { get; private set; }

    /// <summary>When the newest run ended, Unix nanoseconds; 0 for never.</summary>
    public long LastEndUnixNano { get; private set; }

    /// <summary>When the newest run ended that ended well; 0 for never.</summary>
    public long LastSuccessUnixNano { get; private set; }

    /// <summary>How the newest run ended.</summary>
    public JobOutcome LastOutcome { get; private set; }

    /// <summary>From the first push of the newest run to its last, nanoseconds; null where it was one push.</summary>
    public long? LastDurationNano { get; private set; }

    /// <summary>A copy that stays as it is.</summary>
    public JobState Copy()
    {
        var copy = (JobState)MemberwiseClone();
        copy._runs = [.. _runs];
        copy._gapsMs = [.. _gapsMs];
        return copy;
    }

    /// <summary>How many runs ended so.</summary>
    public long Runs(JobOutcome outcome) => _runs[(int)outcome];

    /// <summary>A run ended.</summary>
    /// <param name="durationNano">How long it took; null where that is not known.</param>
    public void Ended(JobOutcome outcome, long endUnixNano, long? durationNano, long receivedUnixNano)
    {
        _runs[(int)outcome]++;
        TouchedUnixNano = receivedUnixNano;

        // Of a run that was given up nobody knows whether it ended; and what comes late is no news.
        if (outcome == JobOutcome.Abandoned || endUnixNano < LastEndUnixNano)
        {
            return;
        }

        if (LastEndUnixNano != 0)
        {
            _gapsMs[_gaps++ % KeptGaps] = (endUnixNano - LastEndUnixNano) / 1_000_000;
        }

        LastEndUnixNano = endUnixNano;
        LastOutcome = outcome;
        LastDurationNano = durationNano;
        LastSuccessUnixNano = outcome == JobOutcome.Finished ? endUnixNano : LastSuccessUnixNano;
    }

    /// <summary>
    /// What the newest gaps between runs say: the usual gap, and how much more there was at times, at least half of it; milliseconds. Null
    /// where there were too few.
    /// </summary>
    public (long EveryMs, long GraceMs)? Learned()
    {
        if (_gaps < GapsToLearn)
        {
            return null;
        }

        var gaps = _gapsMs.AsSpan(0, Math.Min(_gaps, KeptGaps)).ToArray();
        Array.Sort(gaps);
        var usual = gaps[gaps.Length / 2];
        return (usual, Math.Max(usual / 2, gaps[^1] - usual));
    }
}
