namespace Tallygate.PushLog;

/// <summary>How a run stands after a push, or how a push without a run ended. The numbers are on disk.</summary>
public enum RunState : byte
{
    /// <summary>Nothing was said: a push of a run leaves it open, a push without a run is a run that ends at once.</summary>
    Unsaid = 0,

    /// <summary>The run goes on.</summary>
    Running = 1,

    /// <summary>The run ended well.</summary>
    Finished = 2,

    /// <summary>The run ended badly.</summary>
    Failed = 3,

    /// <summary>Nobody said how the run ended: its time was over, its group went, or the next run began.</summary>
    Abandoned = 4,
}
