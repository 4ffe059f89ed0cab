using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace Tallygate.Server.Configuration;

/// <summary>Reads <c>tls_server_config</c> and the certificates that it names.</summary>
internal sealed class TlsSection
{
    private static readonly string[] Versions = ["TLS10", "TLS11", "TLS12", "TLS13"];

    /// <summary>The suites of TLS 1.3 cannot be chosen, as in Go.</summary>
    private static readonly TlsCipherSuite[] Newest =
        [TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];

    private static readonly TlsCipherSuite[] Choosable =
    [
        .. Newest,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    private static readonly string[] Curves = ["CurveP256", "CurveP384", "CurveP521", "X25519"];

    private readonly YamlFile _file;
    private readonly FileContents _contents;

    public TlsSection(YamlFile file, FileContents contents)
    {
        _file = file;
        _contents = contents;
    }

    /// <summary>The section; null where it asks for no TLS, or where it is wrong, which is noted in the file.</summary>
    public TlsSettings? Read(YamlMap map, bool http2)
    {
        var certificate = Pem(map, "cert", "cert_file");
        var key = Pem(map, "key", "key_file");
        var authorities = Authorities(map);
        var auth = Auth(map);
        var names = map.Has("client_allowed_sans") ? map.Texts("client_allowed_sans") : null;
        var protocols = Protocols(map);
        var ciphers = Ciphers(map, http2 && protocols.HasFlag(SslProtocols.Tls12));
        CheckCurves(map);

        // Upstream's runtime has ignored the key for years.
        _ = map.Bool("prefer_server_cipher_suites");
        map.End();

        if (!new[] { "cert", "cert_file", "key", "key_file", "client_ca", "client_ca_file", "client_auth_type" }.Any(k => map.Text(k) is { Length: > 0 }))
        {
            return null;
        }

        Need(map, "cert", "cert_file");
        Need(map, "key", "key_file");
        if (auth is ClientAuth.NoClientCert && authorities is not null)
        {
            _file.Fail(map.Place(map.Has("client_ca_file") ? "client_ca_file" : "client_ca"), "client CA's have been configured without a Client Auth Policy");
        }

        return certificate is null || key is null || Load(map, certificate, key, authorities) is not { } loaded
            ? null
            : new TlsSettings
            {
                Certificate = loaded,
                ClientAuth = auth,
                ClientAuthorities = authorities,
                ClientNames = names,
                Protocols = protocols,
                Ciphers = ciphers,
            };
    }

    private void Need(YamlMap map, string inline, string named)
    {
        if (map.Text(inline) is not { Length: > 0 } && map.Text(named) is not { Length: > 0 })
        {
            _file.Fail(map.Node, $"missing one of {inline} or {named}");
        }
    }

    /// <summary>The text under one key or in the file that the other names; the file wins, as upstream has it.</summary>
    private string? Pem(YamlMap map, string inline, string named)
    {
        if (map.Text(named) is not { Length: > 0 } name)
        {
            return map.Text(inline) is { Length: > 0 } text ? text : null;
        }

        var path = Path.Combine(Path.GetDirectoryName(_file.Name) ?? "", name);
        try
        {
            return Encoding.UTF8.GetString(_contents.Read(path));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            var why = problem is FileNotFoundException or DirectoryNotFoundException ? "no such file" : problem.Message;
            _file.Fail(map.Get(named)!, $"failed to read {named} ({path}): {why}");
            return null;
        }
    }

    private SslStreamCertificateContext? Load(YamlMap map, string certificate, string key, X509Certificate2Collection? authorities)
    {
        try
        {
            var own = X509Certificate2.CreateFromPem(certificate, key);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificate);
            var trust = authorities is null ? null : SslCertificateTrust.CreateForX509Collection(authorities, sendTrustInHandshake: true);
            return SslStreamCertificateContext.Create(own, [.. chain.Skip(1)], offline: true, trust);
        }
        catch (Exception problem) when (problem is CryptographicException or ArgumentException or NotSupportedException)
        {
            var place = map.Get("cert_file") ?? map.Get("cert")!;
            _file.Fail(place, $"failed to load the certificate and its key: {problem.Message}");
            return null;
        }
    }

    private X509Certificate2Collection? Authorities(YamlMap map)
    {
        if (Pem(map, "client_ca", "client_ca_file") is not { } text)
        {
            return null;
        }

        var place = map.Get("client_ca_file") ?? map.Get("client_ca")!;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(text);
            if (authorities.Count == 0)
            {
                _file.Fail(place, "no certificate stands there");
            }
        }
        catch (CryptographicException problem)
        {
            _file.Fail(place, $"a certificate of the client CA cannot be read: {problem.Message}");
        }

        return authorities;
    }

    private ClientAuth Auth(YamlMap map)
    {
        switch (map.Text("client_auth_type"))
        {
            case null or "" or "NoClientCert":
                return ClientAuth.NoClientCert;
            case "RequestClientCert":
                return ClientAuth.RequestClientCert;
            case "RequireAnyClientCert" or "RequireClientCert":
                return ClientAuth.RequireAnyClientCert;
            case "VerifyClientCertIfGiven":
                return ClientAuth.VerifyClientCertIfGiven;
            case "RequireAndVerifyClientCert":
                return ClientAuth.RequireAndVerifyClientCert;
            case var other:
                _file.Fail(map.Get("client_auth_type")!, "invalid ClientAuth: " + other);
                return ClientAuth.NoClientCert;
        }
    }

    private SslProtocols Protocols(YamlMap map)
    {
        var least = Version(map, "min_version", 2);
        var most = Version(map, "max_version", 3);
        if (most < 2)
        {
            _file.Fail(map.Get("max_version")!, "TLS below 1.2 is not served here: max_version must be TLS12 or TLS13");
        }
        else if (least > most)
        {
            _file.Fail(map.Get("min_version")!, "min_version is above max_version");
        }
        else if (least < 2)
        {
            _file.Warn($"{_file.Name}:{map.Get("min_version")!.Start.Line}: TLS below 1.2 is not served here; the least version is TLS12");
        }

        return (least, most) switch
        {
            (3, _) => SslProtocols.Tls13,
            (_, 2) => SslProtocols.Tls12,
            _ => SslProtocols.Tls12 | SslProtocols.Tls13,
        };
    }

    private int Version(YamlMap map, string key, int otherwise)
    {
        if (map.Text(key) is not { } text)
        {
            return otherwise;
        }

        var at = Array.IndexOf(Versions, text);
        if (at < 0)
        {
            _file.Fail(map.Get(key)!, "unknown TLS version: " + text);
        }

        return at < 0 ? otherwise : at;
    }

    private CipherSuitesPolicy? Ciphers(YamlMap map, bool http2)
    {
        var chosen = new List<TlsCipherSuite>();
        foreach (var item in map.Items("cipher_suites"))
        {
            var text = item is YamlScalarNode scalar ? scalar.Value ?? "" : item.ToString();
            var at = Array.FindIndex(Choosable, s => s.ToString() == text);
            if (at < 0)
            {
                _file.Fail(item, "unknown cipher: " + text);
            }
            else
            {
                chosen.Add(Choosable[at]);
            }
        }

        if (chosen.Count == 0)
        {
            return null;
        }

        if (http2 && !chosen.Contains(TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
            && !chosen.Contains(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256))
        {
            _file.Fail(map.Get("cipher_suites")!, "HTTP/2 needs TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 or TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 "
                + "among the cipher suites; add one, or switch HTTP/2 off with http_server_config: {http2: false}");
        }

        if (!OperatingSystem.IsLinux())
        {
            _file.Fail(map.Get("cipher_suites")!, "cipher suites can be chosen on Linux only");
            return null;
        }

        return new CipherSuitesPolicy(chosen.Concat(Newest).Distinct());
    }

    private void CheckCurves(YamlMap map)
    {
        var known = true;
        foreach (var item in map.Items("curve_preferences"))
        {
            if (item is not YamlScalarNode { Value: { } text } || !Curves.Contains(text))
            {
                known = false;
                _file.Fail(item, $"unknown curve: {item}");
            }
        }

        if (known && map.Items("curve_preferences").Any())
        {
            _file.Fail(map.Place("curve_preferences"),
                "curve_preferences cannot be set here: OpenSSL's own configuration (Groups in openssl.cnf) says which curves are used; leave the key out");
        }
    }
}
