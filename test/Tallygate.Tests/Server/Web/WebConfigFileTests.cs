using Tallygate.Server.Configuration;

namespace Tallygate.Tests.Server.Web;

/// <summary>The file of <c>--web.config.file</c>: what it becomes, and what is said of wrong ones.</summary>
public sealed class WebConfigFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-web-").FullName;
    private readonly TestCertificates _authority = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_empty_file_asks_for_nothing()
    {
        Assert.True(WebConfigFile.TryLoad(Write("w.yml", ""), out var config, out _));
        Assert.Null(config.Tls);
        Assert.Empty(config.Users);
        Assert.True(config.Http2);
    }

    [Fact]
    public void A_whole_file_is_read_and_paths_are_relative_to_it()
    {
        var (certificate, key, _) = _authority.Issue("server");
        Write("server.crt", certificate);
        Write("server.key", key);
        Write("ca.pem", _authority.AuthorityPem);
        var path = Write("w.yml", """
            tls_server_config:
              cert_file: server.crt
              key_file: server.key
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: ca.pem
              client_allowed_sans: [client.example]
              min_version: TLS12
              max_version: TLS13
              prefer_server_cipher_suites: false
              cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA]
            http_server_config:
              http2: false
              headers:
                X-Frame-Options: deny
                Strict-Transport-Security: max-age=31536000
            basic_auth_users:
              alice: $2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi
            rate_limit:
              interval: 1.5s
              burst: 7
            """);
        Assert.True(WebConfigFile.TryLoad(path, out var config, out var errors), string.Join("\n", errors));
        Assert.Equal(ClientAuth.RequireAndVerifyClientCert, config.Tls!.ClientAuth);
        Assert.Equal(["client.example"], config.Tls.ClientNames);
        Assert.Single(config.Tls.ClientAuthorities!);
        Assert.NotNull(config.Tls.Ciphers);
        Assert.False(config.Http2);
        Assert.Equal("deny", config.Headers[0].Value);
        Assert.Equal(["alice"], config.Users.Keys);
        Assert.Equal(TimeSpan.FromSeconds(1.5), config.RateInterval);
        Assert.Equal(7, config.RateBurst);
    }

    [Fact]
    public void All_errors_come_at_once_each_with_its_place()
    {
        var path = Write("w.yml", """
            tls_server_config:
              cert_file: nowhere.crt
              key_file: nowhere.key
              client_auth_type: Perhaps
              min_version: TLS9
              cipher_suites: [TLS_NULL]
              curve_preferences: [CurveP256]
              colour: red
            http_server_config:
              headers:
                Server: mine
                X-Content-Type-Options: sniff
            basic_auth_users:
              alice: plain
            rate_limit:
              interval: 5 parsecs
            bogus: 1
            """);
        var errors = WebConfigFile.Check(path).Select(e => e.ToString()[(path.Length + 1)..]).ToList();
        Assert.Collection(
            errors,
            e => Assert.StartsWith("2:14: failed to read cert_file (", e, StringComparison.Ordinal),
            e => Assert.StartsWith("3:13: failed to read key_file (", e, StringComparison.Ordinal),
            e => Assert.Equal("4:21: invalid ClientAuth: Perhaps", e),
            e => Assert.Equal("5:16: unknown TLS version: TLS9", e),
            e => Assert.Equal("6:19: unknown cipher: TLS_NULL", e),
            e => Assert.StartsWith("7:3: curve_preferences cannot be set here", e, StringComparison.Ordinal),
            e => Assert.Equal("8:3: field colour not found in tls_server_config", e),
            e => Assert.Equal("11:5: HTTP header \"Server\" can not be configured", e),
            e => Assert.Equal("12:5: invalid value for X-Content-Type-Options. Expected one of: [\"nosniff\"], but got: \"sniff\"", e),
            e => Assert.StartsWith("14:3: the password of user \"alice\" is not a bcrypt hash", e, StringComparison.Ordinal),
            e => Assert.Equal("16:13: time: unknown unit \" parsecs\" in duration \"5 parsecs\"", e),
            e => Assert.Equal("17:1: field bogus not found in web config", e));
    }

    [Theory]
    [InlineData("tls_server_config: {cert_file: a.crt}", "missing one of key or key_file")]
    [InlineData("tls_server_config: {client_auth_type: NoClientCert}", "missing one of cert or cert_file")]
    [InlineData("tls_server_config: {cert_file: a.crt, key_file: b.key}", "failed to load the certificate and its key")]
    [InlineData("tls_server_config: {cert_file: a.crt, key_file: a.key, client_ca_file: ca.pem}", "client CA's have been configured without a Client Auth Policy")]
    [InlineData("tls_server_config: {cert_file: a.crt, key_file: a.key, client_ca_file: empty.pem, client_auth_type: RequestClientCert}", "no certificate stands there")]
    [InlineData("tls_server_config: {cert_file: a.crt, key_file: a.key, max_version: TLS11}", "TLS below 1.2 is not served here")]
    [InlineData("tls_server_config: {cert_file: a.crt, key_file: a.key, min_version: TLS13, max_version: TLS12}", "min_version is above max_version")]
    [InlineData("tls_server_config: {cert_file: a.crt, key_file: a.key, cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]}", "HTTP/2 needs")]
    [InlineData("basic_auth_users: {a: b, a: c}", "Duplicate key")]
    [InlineData("[]", "must be a mapping")]
    public void What_cannot_be_served_is_refused(string yaml, string error)
    {
        var (certificate, key, _) = _authority.Issue("a");
        Write("a.crt", certificate);
        Write("a.key", key);
        Write("b.key", _authority.Issue("b").Key);
        Write("ca.pem", _authority.AuthorityPem);
        Write("empty.pem", "");
        Assert.Contains(WebConfigFile.Check(Write("w.yml", yaml)), e => e.Message.Contains(error, StringComparison.Ordinal));
    }

    [Fact]
    public void A_missing_file_is_named() => Assert.Equal("/nowhere/w.yml: no such file", Assert.Single(WebConfigFile.Check("/nowhere/w.yml")).ToString());

    [Theory]
    [InlineData("0", 0)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("-250ms", -250)]
    [InlineData("2us", 0.002)]
    public void Durations_are_read_as_Go_writes_them(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration, out var why), why);
        Assert.Equal(milliseconds, duration.TotalMilliseconds, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("1d")]
    [InlineData("99999999999h")]
    public void Other_durations_are_refused(string text) => Assert.False(GoDuration.TryParse(text, out _, out _));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
