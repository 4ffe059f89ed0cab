using Tallygate.Gateway.Folds;
using Tallygate.PushLog;

namespace Tallygate.Gateway.Ingest;

/// <summary>Tells the clock at the start which stamps the log has given; afterwards the judge tells it. Comes behind the fold of runs.</summary>
internal sealed class RestoredStamps(PushClock clock, OpenRuns runs, Func<long> now) : IFold
{
    private bool _done;

    /// <inheritdoc/>
    public string Name => "stamps";

    /// <inheritdoc/>
    public LogPosition Position { get; private set; }

    /// <inheritdoc/>
    public void Apply(in PushLogEntry entry)
    {
        Position = entry.Position;
        if (!_done && entry.Record.Stamp != 0)
        {
            clock.Restore(entry.Record, runs.Booked(entry.Record) ?? [], now());
        }
    }

    /// <inheritdoc/>
    public void Publish()
    {
        // Only the judge looks.
    }

    /// <summary>The replay at the start is over.</summary>
    public void Done() => _done = true;
}
