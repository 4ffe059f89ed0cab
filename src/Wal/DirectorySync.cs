using System.Runtime.InteropServices;

namespace Tallygate.Wal;

/// <summary>Makes the entries of a directory durable. .NET opens no directories, hence the three calls into the C library.</summary>
internal static partial class DirectorySync
{
    private const int ReadOnlyDirectoryCloseOnExec = 0x90000;

    /// <exception cref="IOException">The directory cannot be opened or synced.</exception>
    public static void Sync(string directory)
    {
        if (!OperatingSystem.IsLinux())
        {
            // Elsewhere a directory cannot be synced through its name; creating a file there is journaled by the system itself.
            return;
        }

        var descriptor = Open(directory, ReadOnlyDirectoryCloseOnExec);
        if (descriptor < 0)
        {
            throw Failure("open", directory);
        }

        var result = Fsync(descriptor);
        var failure = result < 0 ? Failure("sync", directory) : null;
        _ = Close(descriptor);
        if (failure is not null)
        {
            throw failure;
        }
    }

    private static IOException Failure(string what, string directory) =>
        new($"cannot {what} the directory {directory}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
