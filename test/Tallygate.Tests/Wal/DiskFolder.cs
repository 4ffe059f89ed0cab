namespace Tallygate.Tests.Wal;

/// <summary>A folder on the real disk that goes with the test.</summary>
internal sealed class DiskFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tallygate-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
