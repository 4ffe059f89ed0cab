namespace Tallygate.Storage;

/// <summary>Port: a sequence of series, read once, forward. Not thread-safe.</summary>
public interface ISeriesSet
{
    /// <summary>Goes to the next series; false at the end.</summary>
    bool MoveNext();

    /// <summary>The series at hand; it stays valid after <see cref="MoveNext"/>, until the querier is disposed of.</summary>
    ISeries Current { get; }

    /// <summary>What the caller should be told about the answer; complete after <see cref="MoveNext"/> returned false.</summary>
    IReadOnlyList<string> Warnings { get; }
}
