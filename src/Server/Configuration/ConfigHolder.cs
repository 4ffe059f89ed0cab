namespace Tallygate.Server.Configuration;

/// <summary>The configuration that holds now, and how the latest attempt to load one went. Thread-safe.</summary>
internal sealed class ConfigHolder
{
    private volatile LoadedConfig _current;
    private long _loadedAtTicks;

    public ConfigHolder(LoadedConfig first, DateTimeOffset now)
    {
        _current = first;
        _loadedAtTicks = now.UtcTicks;
    }

    public LoadedConfig Current => _current;

    public bool LastReloadSucceeded { get; private set; } = true;

    /// <summary>When <see cref="Current"/> was loaded.</summary>
    public DateTimeOffset LoadedAt => new(Volatile.Read(ref _loadedAtTicks), TimeSpan.Zero);

    public void Replace(LoadedConfig config, DateTimeOffset now)
    {
        _current = config;
        Volatile.Write(ref _loadedAtTicks, now.UtcTicks);
        LastReloadSucceeded = true;
    }

    public void Refused() => LastReloadSucceeded = false;
}
