using System.Net;
using System.Net.Sockets;
using Tallygate.Rules.Alerting.Templates.Execution;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Functions;

/// <summary>Hosts and ports, links, and this server's own URL.</summary>
internal static class AddressFunctions
{
    public static IEnumerable<TemplateFunction> All =>
    [
        new("stripPort", [TemplateFunction.Text], static (_, a) => new TextValue(WithoutPort(Text(a)))),
        new("stripDomain", [TemplateFunction.Text], static (_, a) => new TextValue(WithoutDomain(Text(a)))),
        new("graphLink", [TemplateFunction.Text], static (_, a) => new TextValue(Link(Text(a), tab: 0))),
        new("tableLink", [TemplateFunction.Text], static (_, a) => new TextValue(Link(Text(a), tab: 1))),
        new("externalURL", [], static (run, _) => new TextValue(run.Context.Alert.ExternalUrl)),
        new("pathPrefix", [], static (run, _) => new TextValue(PathOf(run.Context.Alert.ExternalUrl))),
    ];

    private static string Text(TemplateValue?[] arguments) => ((TextValue)arguments[0]!).Value;

    private static string Link(string query, int tab) => $"/graph?g0.expr={EscapeFunctions.Query(query)}&g0.tab={tab}";

    private static string WithoutPort(string address) => TrySplit(address, out var host, out _) ? host : address;

    private static string WithoutDomain(string address)
    {
        var isSplit = TrySplit(address, out var host, out var port);
        host = isSplit ? host : address;
        if (IsAddress(host))
        {
            return address;
        }

        host = host.Split('.')[0];
        return !isSplit || port.Length == 0 ? host : host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
    }

    // "host:port" or "[host]:port"; a host with colons needs the brackets.
    private static bool TrySplit(string address, out string host, out string port)
    {
        host = "";
        port = "";
        var colon = address.LastIndexOf(':');
        if (colon < 0)
        {
            return false;
        }

        port = address[(colon + 1)..];
        if (address[0] == '[')
        {
            var close = address.IndexOf(']', StringComparison.Ordinal);
            host = close < 0 ? "" : address[1..close];
            return close >= 0 && close + 1 == colon && !HasBracket(host, '[') && !HasBracket(port, '[') && !HasBracket(port, ']');
        }

        host = address[..colon];
        return !host.Contains(':', StringComparison.Ordinal) && !HasBracket(address, '[') && !HasBracket(address, ']');
    }

    private static bool HasBracket(string text, char bracket) => text.Contains(bracket, StringComparison.Ordinal);

    private static bool IsAddress(string host)
    {
        if (host.Contains(':', StringComparison.Ordinal))
        {
            return !host.AsSpan().ContainsAny('%', '[', ']')
                && IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;
        }

        // The class library takes much more for an address than four numbers.
        var parts = host.Split('.');
        return parts.Length == 4 && Array.TrueForAll(parts, static p =>
            p.Length is > 0 and <= 3 && p.All(char.IsAsciiDigit) && (p.Length == 1 || p[0] != '0') && int.Parse(p, null) <= 255);
    }

    private static string PathOf(string url)
    {
        var authority = url.IndexOf("://", StringComparison.Ordinal);
        var path = authority < 0 ? 0 : url.IndexOf('/', authority + 3);
        return path < 0 ? "" : url[path..].Split('?', '#')[0];
    }
}
