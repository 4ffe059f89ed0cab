namespace Tallygate.Gateway.Schedules;

/// <summary>How a run of a job ended: the label of a counter.</summary>
public enum JobOutcome
{
    /// <summary>Well, or without a word.</summary>
    Finished,

    /// <summary>Badly, as its last push said.</summary>
    Failed,

    /// <summary>Nobody said how: its time was over, or its group went.</summary>
    Abandoned,
}
