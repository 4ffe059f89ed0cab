using System.Net;
using Microsoft.AspNetCore.Http;
using Tallygate.PushLog;

namespace Tallygate.Server.PushgatewayApi;

/// <summary>Who pushes, as the log keeps it. Clients that pushed lately are kept, so that their next push makes no new text. Thread-safe.</summary>
internal sealed class PushClients
{
    private const int Kept = 256;
    private const int MaxAgentLength = 200;

    private readonly Entry?[] _entries = new Entry[Kept];

    /// <summary>The client of a request.</summary>
    public PushClient Of(HttpContext context) =>
        Of(context.Connection.RemoteIpAddress, context.Request.Headers.UserAgent is [{ } text] ? text : "");

    /// <summary>The client at an address.</summary>
    /// <param name="agent">What it calls itself.</param>
    public PushClient Of(IPAddress? address, string agent)
    {
        var slot = (uint)HashCode.Combine(address, agent) % Kept;
        if (_entries[slot] is { } known && known.Agent == agent && Equals(known.Address, address))
        {
            return known.Client;
        }

        var shown = address is null ? "" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        var client = new PushClient(shown, agent.Length > MaxAgentLength ? agent[..MaxAgentLength] : agent);
        _entries[slot] = new Entry(address, agent, client);
        return client;
    }

    private sealed record Entry(IPAddress? Address, string Agent, PushClient Client);
}
