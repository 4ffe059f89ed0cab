namespace Tallygate.Server.Configuration;

/// <summary>
/// Small files as they were read, so that a change is seen by what stands in them: neither clocks, nor links that are swapped, nor two
/// changes in one tick of a file system can hide one. Not thread-safe while it is filled.
/// </summary>
internal sealed class FileContents
{
    private readonly List<(string Path, byte[] Bytes)> _files = [];

    /// <summary>Reads a file and remembers it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public byte[] Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        _files.Add((path, bytes));
        return bytes;
    }

    /// <summary>Whether the first of the files, or any of them, holds something else now, or cannot be read.</summary>
    public bool HaveChanged(bool firstOnly)
    {
        foreach (var (path, bytes) in firstOnly ? _files.Take(1) : _files)
        {
            if (!Holds(path, bytes))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Holds(string path, byte[] bytes)
    {
        try
        {
            return File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
