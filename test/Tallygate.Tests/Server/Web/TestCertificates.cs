using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tallygate.Tests.Server.Web;

/// <summary>A certificate authority of the test's own, and what it signs, as PEM.</summary>
internal sealed class TestCertificates
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _authority;

    public TestCertificates(string name = "test authority")
    {
        var request = new CertificateRequest($"CN={name}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
    }

    public string AuthorityPem => _authority.ExportCertificatePem();

    /// <summary>A certificate for localhost, its common name <paramref name="name"/>, with mail, DNS, URI and IP names.</summary>
    public (string Certificate, string Key, X509Certificate2 Both) Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName(name + ".example");
        names.AddEmailAddress(name + "@example.org");
        names.AddUri(new Uri($"spiffe://example.org/{name}"));
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(7), RandomNumberGenerator.GetBytes(8));
        var both = issued.CopyWithPrivateKey(key);
        return (issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), both);
    }
}
