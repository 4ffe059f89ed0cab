using System.Net;
using System.Net.Sockets;

namespace Tallygate.Conformance;

/// <summary>Loopback ports that are free just now.</summary>
public static class Ports
{
    /// <summary>A port nobody listens on.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
