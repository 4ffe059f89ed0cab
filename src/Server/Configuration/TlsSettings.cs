using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Tallygate.Server.Configuration;

/// <summary>The section <c>tls_server_config</c>, its certificates loaded. Immutable.</summary>
internal sealed record TlsSettings
{
    /// <summary>The server's certificate with its key and what stands behind it in its file.</summary>
    public required SslStreamCertificateContext Certificate { get; init; }

    /// <summary>What is asked of clients.</summary>
    public ClientAuth ClientAuth { get; init; }

    /// <summary>What client certificates are verified against; null: the system's certificate authorities.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>The names one of which a client certificate must bear; null: any.</summary>
    public IReadOnlyList<string>? ClientNames { get; init; }

    /// <summary>The versions that are spoken.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>The cipher suites that may be chosen; null: those of the platform.</summary>
    public CipherSuitesPolicy? Ciphers { get; init; }
}
