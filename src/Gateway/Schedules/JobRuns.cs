using Tallygate.Gateway.Folds;
using Tallygate.Model;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Schedules;

/// <summary>
/// The fold of jobs: when each ran last, how that ended, how often it runs. Jobs are told apart by the label <c>job</c>; where there are too
/// many, those that were quiet longest are forgotten. Any thread may ask.
/// </summary>
/// <param name="runs">The fold of runs, which takes each entry before this one.</param>
internal sealed class JobRuns(OpenRuns runs) : IFold
{
    /// <summary>The most jobs that are known.</summary>
    public const int MaxJobs = 1000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, JobState> _jobs = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Name => "runs of jobs";

    /// <inheritdoc/>
    public LogPosition Position { get; private set; }

    /// <inheritdoc/>
    public void Apply(in PushLogEntry entry)
    {
        Position = entry.Position;
        var record = entry.Record;
        var ended = runs.EndedNow;
        if (record.Verdict != PushVerdict.Accepted || (ended is null && (record.Verb is not (PushVerb.Replace or PushVerb.Merge) || record.Terms?.RunId is not null)))
        {
            return;
        }

        var outcome = record.Terms?.State switch
        {
            RunState.Failed => JobOutcome.Failed,
            RunState.Abandoned => JobOutcome.Abandoned,
            _ => JobOutcome.Finished,
        };
        var end = record.PushedUnixNano;
        lock (_gate)
        {
            StateOf(record.GroupingKey.Get("job"))
                .Ended(outcome, end, ended is not null && ended.BeganUnixNano < end ? end - ended.BeganUnixNano : null, record.ReceivedUnixNano);
        }
    }

    /// <inheritdoc/>
    public void Publish()
    {
        // Every entry is known at once.
    }

    /// <summary>The families about jobs, sorted by name.</summary>
    /// <param name="nowUnixNano">The time that schedules are compared with.</param>
    /// <param name="sinceUnixNano">From when on a declared job that never ran is waited for.</param>
    public IReadOnlyList<MetricFamily> Families(GatewaySettings settings, long nowUnixNano, long sinceUnixNano)
    {
        // The writer is held up for the copies only.
        var known = new SortedDictionary<string, JobState>(Utf8Order.Instance);
        lock (_gate)
        {
            foreach (var (job, state) in _jobs)
            {
                known.Add(job, state.Copy());
            }
        }

        var families = new JobFamilies(settings, nowUnixNano);
        foreach (var (job, state) in known)
        {
            families.Add(job, state);
        }

        foreach (var schedule in settings.Schedules)
        {
            if (schedule.OnlyJob is { } job && !known.ContainsKey(job))
            {
                families.AddNeverRun(job, schedule, sinceUnixNano);
            }
        }

        return families.All();
    }

    private JobState StateOf(string job)
    {
        if (_jobs.TryGetValue(job, out var state))
        {
            return state;
        }

        if (_jobs.Count >= MaxJobs)
        {
            _jobs.Remove(_jobs.MinBy(static j => j.Value.TouchedUnixNano).Key);
        }

        state = new JobState();
        _jobs.Add(job, state);
        return state;
    }
}
