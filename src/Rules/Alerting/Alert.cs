using Tallygate.Model;

namespace Tallygate.Rules.Alerting;

/// <summary>One label set that an alerting rule's expression returned, and how far it has come. Times are Unix milliseconds.</summary>
internal sealed class Alert(Labels labels, long activeAt)
{
    /// <summary>What identifies it, <c>alertname</c> among them.</summary>
    public Labels Labels { get; } = labels;

    public Labels Annotations { get; set; } = Labels.Empty;

    public AlertState State { get; private set; } = AlertState.Pending;

    public double Value { get; set; }

    /// <summary>Since when it is active; a restart moves it.</summary>
    public long ActiveAt { get; set; } = activeAt;

    public long? FiredAt { get; private set; }

    public long? KeepFiringSince { get; private set; }

    public long? ResolvedAt { get; private set; }

    /// <summary>The expression returned it at <paramref name="time"/>: it fires once it did so for <paramref name="hold"/>.</summary>
    public void Seen(long time, long hold)
    {
        KeepFiringSince = null;
        if (State == AlertState.Pending && time - ActiveAt >= hold)
        {
            State = AlertState.Firing;
            FiredAt = time;
        }
    }

    /// <summary>The expression did not return it at <paramref name="time"/>; a firing alert goes on for <paramref name="keep"/>.</summary>
    public void Missed(long time, long keep)
    {
        if (State == AlertState.Firing && keep > 0)
        {
            KeepFiringSince ??= time;
            if (time - KeepFiringSince < keep)
            {
                return;
            }
        }

        if (State != AlertState.Inactive)
        {
            State = AlertState.Inactive;
            ResolvedAt = time;
        }
    }

    public AlertStatus ToStatus() => new(Labels, Annotations, State, Value, ActiveAt, FiredAt, KeepFiringSince, ResolvedAt);
}
