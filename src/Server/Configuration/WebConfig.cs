namespace Tallygate.Server.Configuration;

/// <summary>The file of <c>--web.config.file</c>, found to be right and its certificates loaded. Immutable.</summary>
internal sealed record WebConfig
{
    /// <summary>Null: plain HTTP.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>Whether HTTP/2 is offered over TLS.</summary>
    public bool Http2 { get; init; } = true;

    /// <summary>What stands in every answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Who may come in, and the bcrypt hashes of their passwords; nobody: everybody may.</summary>
    public IReadOnlyDictionary<string, string> Users { get; init; } = new Dictionary<string, string>();

    /// <summary>The time that one request takes from the budget; zero: no limit.</summary>
    public TimeSpan RateInterval { get; init; }

    /// <summary>How many requests may come at once where there is a limit.</summary>
    public int RateBurst { get; init; }

    /// <summary>What the operator should know although the file holds.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The file itself and the certificates that it names, as they were read: a change of any of them is a reason to read all anew.</summary>
    public required FileContents Files { get; init; }
}
