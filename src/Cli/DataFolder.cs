using Tallygate.PushLog.Embedded;

namespace Tallygate.Cli;

/// <summary>The push log of a data directory whose server is stopped.</summary>
internal static class DataFolder
{
    /// <summary>Opens the log; the lock that comes with it keeps servers out meanwhile.</summary>
    /// <param name="create">Whether a directory that is not there is made.</param>
    /// <exception cref="IOException">The directory is in use, missing or damaged.</exception>
    public static EmbeddedPushLog OpenLog(string folder, bool create)
    {
        var log = Path.Combine(folder, "log");
        return create || Directory.Exists(log)
            ? EmbeddedPushLog.Open(log)
            : throw new IOException($"{log}: no such directory; --storage.path names the server's data directory");
    }
}
