namespace Tallygate.PushLog;

/// <summary>What was decided about a push when it came; replay never decides again. The numbers are on disk.</summary>
public enum PushVerdict : byte
{
    /// <summary>Accepted: every fold takes it.</summary>
    Accepted = 1,

    /// <summary>Refused: only the time of the failure counts.</summary>
    Rejected = 2,
}
