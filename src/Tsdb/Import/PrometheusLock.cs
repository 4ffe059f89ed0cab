namespace Tallygate.Tsdb.Import;

/// <summary>The lock that a running Prometheus holds on its data directory.</summary>
internal static class PrometheusLock
{
    private const string Name = "lock";

    /// <summary>Takes the lock where there is one, until the result is disposed of.</summary>
    /// <exception cref="IOException">A Prometheus is running on the directory.</exception>
    public static IDisposable? Take(string directory)
    {
        var path = Path.Combine(directory, Name);
        if (!Path.Exists(path))
        {
            return null;
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the directory {directory} is in use: a Prometheus may be running on it ({path} is locked): {e.Message}", e);
        }
    }
}
