namespace Tallygate.Storage;

/// <summary>Port: a store that takes samples. Thread-safe; each appender belongs to one thread.</summary>
public interface IAppendableStorage
{
    /// <summary>Begins a batch. Several may be open at once; their commits are put in an order.</summary>
    IAppender Appender();

    /// <summary>
    /// The newest position of the source (for <c>pushes/</c>: the push log) whose samples are durable here; 0 where none is.
    /// After a restart the source is replayed from behind it.
    /// </summary>
    long DurableSourcePosition { get; }
}
