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
    private readonly string _root;

    private Stores(string root, EmbeddedPushLog log, Database pushes, Database samples)
    {
        _root = root;
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

    /// <summary>The pushed series as what can be deleted from: by the gateway alone, which puts each deletion in the log.</summary>
    public IDeletableStorage PushedHistory => _pushes;

    /// <summary>The other series as what can be deleted from.</summary>
    public IDeletableStorage SampledHistory => _samples;

    /// <summary>The database of the other series, for what it keeps beside samples.</summary>
    public Database SampleDatabase => _samples;

    /// <summary>All series.</summary>
    public FanoutStorage All { get; }

    /// <summary>Both databases, for those who look at them or delete from them.</summary>
    public IReadOnlyList<Database> Databases => [_samples, _pushes];

    /// <exception cref="StartException">A directory is in use or cannot be used, or what lies in it is damaged.</exception>
    public static Stores Open(ServerOptions options, ServerSetup setup, LoadedConfig config)
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
                SamplesFolder(),
                DatabaseOptions.Samples with
                {
                    Retention = options.RetentionTime,
                    MaxBytes = options.RetentionSize,
                    AllowOutOfOrder = config.OutOfOrderWindow > TimeSpan.Zero,
                    OutOfOrderWindow = config.OutOfOrderWindow,
                    MaxExemplars = options.Features.Contains(FeatureNames.ExemplarStorage) ? config.MaxExemplars : null,
                    KeepMetadata = options.Features.Contains(FeatureNames.MetadataRecords),
                },
                setup.Time,
                setup.Logs.CreateLogger<Database>());
            return new Stores(options.StoragePath, log, pushes, samples);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            foreach (var store in opened)
            {
                store.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }

            throw new StartException(problem.Message, problem);
        }

        // A data directory of Prometheus is taken as it is: its blocks stay where they are.
        string SamplesFolder() => !Directory.Exists(Path.Combine(options.StoragePath, "samples")) && BlockArchive.IsDatabase(options.StoragePath)
            ? Path.GetFullPath(options.StoragePath)
            : Folder("samples");

        string Folder(string name) => Directory.CreateDirectory(Path.Combine(options.StoragePath, name)).FullName;
    }

    /// <summary>
    /// Copies everything into <c>snapshots/</c> below the data directory while pushes and samples go on: a data directory of its own. What was
    /// acknowledged before is in it.
    /// </summary>
    /// <param name="withHead">Whether samples that are in no block yet are copied too.</param>
    /// <returns>The name of the copy's directory.</returns>
    /// <exception cref="IOException">It could not be written; nothing of it stays where that can be had.</exception>
    public string Copy(DateTimeOffset now, bool withHead)
    {
        var name = $"{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}-{Random.Shared.NextInt64():x16}";
        var target = Path.Combine(Path.GetFullPath(_root), "snapshots", name);
        try
        {
            CopyTo(target, withHead);
            return name;
        }
        catch (IOException)
        {
            TryDelete(target);
            throw;
        }
    }

    private void CopyTo(string target, bool withHead)
    {
        _samples.CopyTo(Path.Combine(target, "samples"), withHead);
        _pushes.CopyTo(Path.Combine(target, "pushes"), withHead);

        // The log comes last, so that it holds every push that the databases hold.
        _log.CopyTo(Path.Combine(target, "log"));
    }

    private static void TryDelete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that came first is the one to tell.
        }
    }

    /// <summary>Takes over what a configuration says of storage.</summary>
    public void Apply(LoadedConfig config) => _samples.ResizeExemplars(config.MaxExemplars);

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
