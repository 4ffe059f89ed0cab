using Tallygate.Wal;

namespace Tallygate.Tests.Tsdb;

/// <summary>Files of another system; who watches is told of each file that is about to be created, and may act in that moment.</summary>
internal sealed class WatchedFileSystem(IWalFileSystem files) : IWalFileSystem
{
    /// <summary>Told the path of a file before it is created.</summary>
    public Action<string>? Creating { get; set; }

    public void CreateDirectory(string directory) => files.CreateDirectory(directory);

    public IReadOnlyList<string> List(string directory) => files.List(directory);

    public IWalFile Create(string path)
    {
        Creating?.Invoke(path);
        return files.Create(path);
    }

    public IWalFile Open(string path, bool writable) => files.Open(path, writable);

    public void Delete(string path) => files.Delete(path);

    public void Rename(string path, string newPath) => files.Rename(path, newPath);

    public IReadOnlyList<string> ListDirectories(string directory) => files.ListDirectories(directory);

    public void RenameDirectory(string path, string newPath) => files.RenameDirectory(path, newPath);

    public void DeleteDirectory(string path) => files.DeleteDirectory(path);

    public void SyncDirectory(string directory) => files.SyncDirectory(directory);

    public IDisposable Lock(string directory) => files.Lock(directory);
}
