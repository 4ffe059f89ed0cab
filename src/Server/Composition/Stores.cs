using Microsoft.Extensions.Logging;
using Tallygate.PushLog;
using Tallygate.PushLog.Embedded;
using Tallygate.Server.Configuration;
using Tallygate.Storage;
using Tallygate.Tsdb;

namespace Tallygate.Server.Composition;

/// <summary>What lies on disk: the push log in <c>log</c>, the pushed series in <c>pushes</c>, all other series in <c>samples</c>.</summary>
internal sealed class Stores : IAsyncDisposable
{
    private readonly EmbeddedPushLog _log;
    private readonly Database _pushes;
    private readonly Database _samples;

    private Stores(EmbeddedPushLog log, Database pushes, Database samples)
    {
        _log = log;
        _pushes = pushes;
        _samples = samples;

        // Where a series stands in both, the pushed one is the truth.
        All = new FanoutStorage(samples, [pushes, samples]);
    }

    public IPushLog Log => _log;

    /// <summary>The pushed series; the gateway writes them.</summary>
    public IAppendableStorage Pushes => _pushes;

    /// <summary>The same series, to be read.</summary>
    public IQueryableStorage BookedPushes => _pushes;

    /// <summary>What is sampled, scraped and recorded.</summary>
    public IAppendableStorage Samples => _samples;

    /// <summary>All series.</summary>
    public FanoutStorage All { get; }

    /// <exception cref="StartException">A directory is in use or cannot be used, or what lies in it is damaged.</exception>
    public static Stores Open(ServerOptions options, ServerSetup setup)
    {
        var opened = new Stack<IAsyncDisposable>();
        try
        {
            var log = EmbeddedPushLog.Open(
                Folder("log"), new EmbeddedPushLogOptions(), setup.Logs.CreateLogger<EmbeddedPushLog>());
            opened.Push(log);

            // The push log is this store's write-ahead log: what its newest snapshot lacks is replayed from there.
            var pushes = Database.Open(
                Folder("pushes"), DatabaseOptions.Pushes, setup.Time, setup.Logs.CreateLogger<Database>());
            opened.Push(pushes);
            var samples = Database.Open(
                Folder("samples"),
                DatabaseOptions.Samples with { Retention = options.RetentionTime },
                setup.Time,
                setup.Logs.CreateLogger<Database>());
            return new Stores(log, pushes, samples);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            foreach (var store in opened)
            {
                store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            throw new StartException(problem.Message, problem);
        }

        string Folder(string name) => Directory.CreateDirectory(Path.Combine(options.StoragePath, name)).FullName;
    }

    /// <summary>Does what is due to the files.</summary>
    public long Step(long now) => Math.Min(_log.Step(now), Math.Min(_pushes.Step(now), _samples.Step(now)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _samples.DisposeAsync();
        await _pushes.DisposeAsync();
        await _log.DisposeAsync();
    }
}
