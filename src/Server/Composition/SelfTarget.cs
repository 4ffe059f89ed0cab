using Tallygate.Scrape;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.Composition;

/// <summary>Finds out whether a configured target is this very server, whose view would then be sampled twice.</summary>
internal static class SelfTarget
{
    /// <summary>The header of <c>/metrics</c> by which a server that scrapes itself knows it, whatever address leads there.</summary>
    public const string Header = "Tallygate-Instance";

    private static readonly string[] OwnHosts = ["localhost", "127.0.0.1", "[::1]", Environment.MachineName];

    /// <summary>The job that scrapes this server; null where none does.</summary>
    /// <param name="addresses">The addresses that are listened on, as URLs; empty where there are no sockets.</param>
    public static string? Find(IReadOnlyList<ScrapeDefinition> scrapes, ServerOptions options, IReadOnlyList<string> addresses)
    {
        var ports = addresses.Select(a => new Uri(a.Replace("[::]", "localhost", StringComparison.Ordinal)).Port).ToHashSet();
        return scrapes.FirstOrDefault(s => s.MetricsPath.TrimEnd('/').EndsWith(options.TelemetryPath.TrimEnd('/'), StringComparison.Ordinal)
            && s.StaticTargets.SelectMany(t => t.Addresses).Any(a => IsOwn(a, ports)))?.JobName;
    }

    /// <summary>The label <c>instance</c> of the in-process target.</summary>
    public static string Instance(ServerOptions options, IReadOnlyList<string> addresses)
    {
        var address = options.ListenAddresses[0];
        var port = addresses.Count > 0
            ? new Uri(addresses[0].Replace("[::]", "localhost", StringComparison.Ordinal)).Port.ToString(System.Globalization.CultureInfo.InvariantCulture)
            : address[(address.LastIndexOf(':') + 1)..];
        return "localhost:" + port;
    }

    private static bool IsOwn(string address, HashSet<int> ports)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0 && int.TryParse(address.AsSpan(colon + 1), out var port) && ports.Contains(port)
            && OwnHosts.Contains(address[..colon], StringComparer.OrdinalIgnoreCase);
    }
}
