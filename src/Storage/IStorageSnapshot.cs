namespace Tallygate.Storage;

/// <summary>Port: a store frozen at one moment. Thread-safe.</summary>
public interface IStorageSnapshot : IQueryableStorage, IDisposable;
