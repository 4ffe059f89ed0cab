namespace Tallygate.Wal;

/// <summary>The real disk.</summary>
public sealed class DiskFileSystem : IWalFileSystem
{
    /// <summary>The one there is.</summary>
    public static readonly DiskFileSystem Instance = new();

    private const string LockName = "LOCK";

    private DiskFileSystem()
    {
    }

    /// <inheritdoc/>
    public void CreateDirectory(string directory)
    {
        var full = Path.GetFullPath(directory);
        if (Directory.Exists(full))
        {
            return;
        }

        var parent = Path.GetDirectoryName(full);
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        Guard($"cannot create the directory {full}", () => Directory.CreateDirectory(full));
        if (parent is not null)
        {
            DirectorySync.Sync(parent);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string directory) =>
        Guard($"cannot list the directory {directory}", () => Array.ConvertAll(Directory.GetFiles(directory), static f => Path.GetFileName(f)));

    /// <inheritdoc/>
    public IWalFile Create(string path) => Guard($"cannot create {path}", () =>
        new DiskFile(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete)));

    /// <inheritdoc/>
    public IWalFile Open(string path, bool writable) => Guard($"cannot open {path}", () =>
        new DiskFile(path, File.OpenHandle(
            path, FileMode.Open, writable ? FileAccess.ReadWrite : FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)));

    /// <inheritdoc/>
    public void Delete(string path) => Guard($"cannot delete {path}", () =>
    {
        File.Delete(path);
        return true;
    });

    /// <inheritdoc/>
    public void Rename(string path, string newPath) => Guard($"cannot rename {path} to {newPath}", () =>
    {
        File.Move(path, newPath, overwrite: true);
        return true;
    });

    /// <inheritdoc/>
    public IReadOnlyList<string> ListDirectories(string directory) => Guard(
        $"cannot list the directory {directory}", () => Array.ConvertAll(Directory.GetDirectories(directory), static d => Path.GetFileName(d)));

    /// <inheritdoc/>
    public void RenameDirectory(string path, string newPath) => Guard($"cannot rename {path} to {newPath}", () =>
    {
        Directory.Move(path, newPath);
        return true;
    });

    /// <inheritdoc/>
    public void DeleteDirectory(string path) => Guard($"cannot delete {path}", () =>
    {
        Directory.Delete(path, recursive: true);
        return true;
    });

    /// <inheritdoc/>
    public void SyncDirectory(string directory) => DirectorySync.Sync(directory);

    /// <inheritdoc/>
    public IDisposable Lock(string directory)
    {
        var path = Path.Combine(directory, LockName);
        try
        {
            // No sharing is an exclusive flock: it goes with the process, so a stale file does no harm.
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or DirectoryNotFoundException or FileNotFoundException)
        {
            throw new IOException($"cannot write in the directory {directory}: {e.Message}", e);
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new IOException(
                $"the directory {directory} is in use: another tallygate may be running on it ({path} is locked): {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new IOException($"cannot write in the directory {directory}: {e.Message}", e);
        }
    }

    private static T Guard<T>(string what, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{what}: {e.Message}", e);
        }
    }
}
