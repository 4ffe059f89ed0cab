using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Tallygate.Server.Configuration;

namespace Tallygate.Server.Http;

/// <summary>Decides about the certificates of clients.</summary>
internal static class ClientCertificates
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Whether a client with this certificate, or without one, may connect. Why not is logged for whoever sets certificates up.</summary>
    public static bool Admits(TlsSettings settings, X509Certificate? given, X509Chain? sent, TimeProvider time, ILogger logger)
    {
        var why = given is X509Certificate2 certificate ? Fault(settings, certificate, sent, time) : FaultOfNone(settings);
        if (why is not null)
        {
            Log.ClientRefused(logger, why);
        }

        return why is null;
    }

    private static string? FaultOfNone(TlsSettings settings) =>
        settings.ClientAuth is ClientAuth.RequireAnyClientCert or ClientAuth.RequireAndVerifyClientCert || settings.ClientNames is not null
            ? "tls: client didn't provide a certificate"
            : null;

    private static string? Fault(TlsSettings settings, X509Certificate2 certificate, X509Chain? sent, TimeProvider time)
    {
        if (settings.ClientAuth is ClientAuth.VerifyClientCertIfGiven or ClientAuth.RequireAndVerifyClientCert
            && !IsTrusted(certificate, sent, settings.ClientAuthorities, time, out var problem))
        {
            return $"tls: failed to verify certificate: {problem}";
        }

        return settings.ClientNames is { } names && !SubjectNames.Of(certificate).Any(names.Contains)
            ? $"could not find allowed SANs in client cert, found: [{string.Join(' ', SubjectNames.Of(certificate))}]"
            : null;
    }

    private static bool IsTrusted(
        X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection? authorities, TimeProvider time, out string problem)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(ClientAuthentication));
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(e => e.Certificate).ToArray());
        }

        if (authorities is not null)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        }

        if (chain.Build(certificate))
        {
            problem = "";
            return true;
        }

        problem = string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation.TrimEnd('.', '\n', ' ')));

        // In Go any certificate of the file is an anchor, also one that another authority signed.
        return authorities is not null
            && chain.ChainStatus.All(s => s.Status == X509ChainStatusFlags.PartialChain)
            && chain.ChainElements.Any(e => authorities.Any(a => a.RawDataMemory.Span.SequenceEqual(e.Certificate.RawDataMemory.Span)));
    }
}
