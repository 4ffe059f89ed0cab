using Tallygate.PushLog;

namespace Tallygate.Gateway.Folds;

/// <summary>
/// What is computed from the push log, entry by entry. Total: it never throws on a recorded entry. Deterministic: no clock, no chance, no
/// input but the entries. Dense: it takes every entry, in order. Restartable: the state at n is the same live, and replayed from a state
/// before n.
/// Driven by one thread.
/// </summary>
public interface IFold
{
    /// <summary>The fold's name, for logs.</summary>
    string Name { get; }

    /// <summary>The last entry taken; entries up to it are not given again.</summary>
    LogPosition Position { get; }

    /// <summary>Takes the entry behind <see cref="Position"/>.</summary>
    void Apply(in PushLogEntry entry);

    /// <summary>Makes what was taken since the last call visible, whole.</summary>
    void Publish();
}
