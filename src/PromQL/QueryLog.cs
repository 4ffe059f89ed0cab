namespace Tallygate.PromQL;

/// <summary>Takes note of queries. Thread-safe; it never throws, and a query is answered whether it could be noted or not.</summary>
public abstract class QueryLog
{
    /// <summary>Whether anything is written at all.</summary>
    public abstract bool IsOn { get; }

    /// <summary>Called when a query was evaluated, on its thread.</summary>
    public abstract void Write(LoggedQuery query);
}
