using System.Globalization;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.Http;

/// <summary>The sockets that systemd opened for this process and handed over. Source: sd_listen_fds(3).</summary>
internal static class SystemdSockets
{
    private const int First = 3;

    /// <summary>Their file descriptors.</summary>
    /// <exception cref="StartException">There are none.</exception>
    public static IReadOnlyList<ulong> Handles()
    {
        var mine = Environment.GetEnvironmentVariable("LISTEN_PID") == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (!mine || !int.TryParse(Environment.GetEnvironmentVariable("LISTEN_FDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
        {
            throw new StartException("--web.systemd-socket: no socket activation file descriptors found");
        }

        return [.. Enumerable.Range(First, count).Select(static fd => (ulong)fd)];
    }
}
