using Tallygate.Storage;

namespace Tallygate.PromQL.Scripts;

/// <summary>An empty store for a script, to be disposed of after it.</summary>
public sealed class ScriptStorage : IDisposable
{
    private readonly IDisposable? _owner;

    /// <param name="owner">What is to be disposed of, if anything.</param>
    public ScriptStorage(IQueryableStorage queryable, IAppendableStorage appendable, IDisposable? owner = null)
    {
        Queryable = queryable;
        Appendable = appendable;
        _owner = owner;
    }

    /// <summary>Where queries are asked.</summary>
    public IQueryableStorage Queryable { get; }

    /// <summary>Where samples are loaded.</summary>
    public IAppendableStorage Appendable { get; }

    /// <inheritdoc/>
    public void Dispose() => _owner?.Dispose();
}
