namespace Tallygate.Wal;

/// <summary>
/// Port: the files below a log, so that tests and simulations can take power, space and bits away. All failures are
/// <see cref="IOException"/> with a message that names the path. Thread-safe.
/// </summary>
public interface IWalFileSystem
{
    /// <summary>Makes a directory and its parents durable; nothing happens where it is there.</summary>
    void CreateDirectory(string directory);

    /// <summary>The names of the files in a directory, in no order.</summary>
    IReadOnlyList<string> List(string directory);

    /// <summary>Creates a file that is not there yet. Its entry is durable only after <see cref="SyncDirectory"/>.</summary>
    IWalFile Create(string path);

    /// <summary>Opens a file that is there.</summary>
    IWalFile Open(string path, bool writable);

    /// <summary>Deletes a file. That is durable only after <see cref="SyncDirectory"/>.</summary>
    void Delete(string path);

    /// <summary>
    /// Gives a file another name in the same directory, in place of a file that has it. That is durable only after
    /// <see cref="SyncDirectory"/>; until then a power loss leaves either file under the name, whole.
    /// </summary>
    void Rename(string path, string newPath);

    /// <summary>The names of the directories in a directory, in no order.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>
    /// Gives a directory another name in the same parent, where nothing has that name. Durable only after <see cref="SyncDirectory"/> of the
    /// parent; until then a power loss leaves it under either name, with all that is in it.
    /// </summary>
    void RenameDirectory(string path, string newPath);

    /// <summary>Deletes a directory with all that is in it, file by file: a crash may leave a part.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes creations, deletions and renamings in a directory durable.</summary>
    void SyncDirectory(string directory);

    /// <summary>
    /// Takes the directory for this process until the result is disposed of. The lock goes with the process, however it ends.
    /// </summary>
    /// <exception cref="IOException">Another process has it, or the directory cannot be written; the message says which.</exception>
    IDisposable Lock(string directory);
}
