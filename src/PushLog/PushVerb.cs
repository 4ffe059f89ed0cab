namespace Tallygate.PushLog;

/// <summary>What an entry of the push log does. The numbers are on disk: they never change.</summary>
public enum PushVerb : byte
{
    /// <summary>PUT: the group's families become exactly those pushed.</summary>
    Replace = 1,

    /// <summary>POST: the pushed families replace those of the same name.</summary>
    Merge = 2,

    /// <summary>DELETE: the group goes.</summary>
    Delete = 3,

    /// <summary>All groups go.</summary>
    Wipe = 4,

    /// <summary>The group's values go because its time is over.</summary>
    Expire = 5,

    /// <summary>A run ends.</summary>
    RunClosed = 6,

    /// <summary>A setting changes what folds do.</summary>
    Configure = 7,

    /// <summary>History is deleted: a rebuild does not bring it back.</summary>
    Forget = 8,

    /// <summary>The state of all folds, before the log is cut.</summary>
    Snapshot = 9,
}
