using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tallygate.Server.Configuration;
using Tallygate.Server.Http;

namespace Tallygate.Tests.Server.Web;

/// <summary>TLS, client certificates, passwords, headers and rates over real sockets.</summary>
public sealed class WebAccessTests : IDisposable
{
    // bcrypt of "secret" and of "other", at the least cost.
    private static readonly string Secret = BCrypt.Net.BCrypt.HashPassword("secret", 4);
    private static readonly string Other = BCrypt.Net.BCrypt.HashPassword("other", 4);

    private readonly string _folder = Directory.CreateTempSubdirectory("tallygate-web-").FullName;
    private readonly TestCertificates _authority = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task P222_Who_has_no_password_gets_401_everywhere_and_who_has_one_gets_in()
    {
        await using var server = await StartAsync($"basic_auth_users: {{alice: {Secret}}}");
        foreach (var path in (string[])["/-/healthy", "/-/ready", "/metrics", "/", "/api/v1/status", "/nowhere"])
        {
            var (status, body, response) = await server.SendAsync("GET", path);
            Assert.Equal((401, "Unauthorized\n"), (status, body));
            Assert.Equal("Basic", response.Headers.WwwAuthenticate.ToString());
            Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        }

        foreach (var wrong in (string[])[
            Basic("alice:wrong"), Basic("alice:"), Basic("bob:secret"), Basic(":secret"), Basic("alice"), "Basic !!", "Bearer secret", "Basic", Basic("alice:secret") + "="])
        {
            var (status, _, _) = await server.SendAsync("PUT", "/metrics/job/j", "a 1\n", null, ("Authorization", wrong));
            Assert.Equal(401, status);
        }

        // The second time the password is remembered; so are wrong ones.
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(200, (await server.SendAsync("PUT", "/metrics/job/j", "a 1\n", null, ("Authorization", Basic("alice:secret")))).Status);
            Assert.Equal(401, (await server.SendAsync("PUT", "/metrics/job/j", "a 1\n", null, ("Authorization", Basic("alice:wrong")))).Status);
        }

        Assert.Equal(200, (await server.SendAsync("GET", "/-/ready", "", null, ("Authorization", "bASIC " + Basic("alice:secret")[6..]))).Status);
    }

    [Fact]
    public async Task P358_Health_may_be_asked_without_a_password_where_a_flag_says_so()
    {
        Write("w.yml", $"basic_auth_users: {{alice: {Secret}}}");
        await using var server = await TestServer.StartAsync(
            new ServerOptions { WebConfigFile = Path.Combine(_folder, "w.yml"), HealthWithoutAuth = true, RoutePrefix = "/pgw" });
        foreach (var path in (string[])["/pgw/-/healthy", "/pgw/-/ready", "/pgw/-/ready?x=y"])
        {
            Assert.Equal((200, "OK"), (await server.SendAsync("GET", path)) is var answer ? (answer.Status, answer.Body) : default);
        }

        foreach (var path in (string[])["/pgw/metrics", "/pgw/-/ready/", "/pgw/-/quit", "/-/ready", "/pgw/-/healthy/../../pgw/metrics", "/pgw/%2D/ready"])
        {
            Assert.StartsWith("HTTP/1.1 401 ", await server.RawAsync("GET", path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_thread_that_reads_the_socket_does_not_compute_the_hash()
    {
        var check = new PasswordCheck(new Dictionary<string, string> { ["alice"] = BCrypt.Net.BCrypt.HashPassword("secret", 12) });
        var verified = Task.FromResult(false);
        var wasOver = true;
        var reader = new Thread(() =>
        {
            verified = check.VerifyAsync(Basic("alice:secret"), CancellationToken.None);
            wasOver = verified.IsCompleted;
        });
        reader.Start();
        reader.Join();
        Assert.False(wasOver);
        Assert.True(await verified);
    }

    [Fact]
    public async Task A_change_of_users_and_headers_holds_at_once_and_a_broken_file_changes_nothing()
    {
        await using var server = await StartAsync($"basic_auth_users: {{alice: {Secret}}}");
        Assert.Equal(200, await StatusAsync("alice:secret"));

        Write("w.yml", $"basic_auth_users: {{alice: {Other}}}\nhttp_server_config: {{headers: {{X-Frame-Options: deny}}}}");
        await UntilAsync(async () => await StatusAsync("alice:other") == 200);
        Assert.Equal(401, await StatusAsync("alice:secret"));
        var (_, _, response) = await server.SendAsync("GET", "/-/ready");
        Assert.Equal("deny", response.Headers.GetValues("X-Frame-Options").Single());

        Write("w.yml", "basic_auth_users: {alice: nonsense}");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.Equal(200, await StatusAsync("alice:other"));
        Assert.Equal(401, await StatusAsync("alice:secret"));

        File.Delete(Path.Combine(_folder, "w.yml"));
        Assert.Equal(401, await StatusAsync("alice:secret"));

        Write("w.yml", "");
        await UntilAsync(async () => await StatusAsync("nobody:") == 200);

        async Task<int> StatusAsync(string who) => (await server.SendAsync("GET", "/-/ready", "", null, ("Authorization", Basic(who)))).Status;
    }

    [Theory]
    [InlineData(true, "2.0")]
    [InlineData(false, "1.1")]
    public async Task P223_HTTP_2_is_spoken_over_TLS(bool http2, string version)
    {
        await using var server = await StartAsync(Tls("") + $"http_server_config: {{http2: {(http2 ? "true" : "false")}}}\n");
        using var client = Client(server);
        using var request = new HttpRequestMessage(HttpMethod.Put, "/metrics/job/j")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = new StringContent("a 1\n"),
        };
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(version, answer.Version.ToString());
        Assert.Contains("a{instance=\"\",job=\"j\"} 1\n", await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task P223_Plain_HTTP_on_a_TLS_socket_is_told_so()
    {
        await using var server = await StartAsync(Tls(""));
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Tallygate.Addresses[0]).Port, TestContext.Current.CancellationToken);
        var stream = socket.GetStream();
        await stream.WriteAsync("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        var buffer = new byte[1024];
        var length = await stream.ReadAtLeastAsync(buffer, 70, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
        Assert.Equal("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n", Encoding.ASCII.GetString(buffer, 0, length));
    }

    [Theory]
    [InlineData("NoClientCert", true, true, true)]
    [InlineData("RequestClientCert", true, true, true)]
    [InlineData("RequireAnyClientCert", false, true, true)]
    [InlineData("RequireClientCert", false, true, true)]
    [InlineData("VerifyClientCertIfGiven", true, false, true)]
    [InlineData("RequireAndVerifyClientCert", false, false, true)]
    public async Task Each_way_to_ask_for_a_client_certificate(string way, bool none, bool stranger, bool known)
    {
        Write("ca.pem", _authority.AuthorityPem);
        await using var server = await StartAsync(Tls($"client_auth_type: {way}" + (way == "NoClientCert" ? "" : ", client_ca_file: ca.pem")));
        Assert.Equal(none, await ConnectsAsync(server, null));
        Assert.Equal(stranger, await ConnectsAsync(server, new TestCertificates("another authority").Issue("stranger").Both));
        Assert.Equal(known, await ConnectsAsync(server, _authority.Issue("known").Both));
    }

    [Theory]
    [InlineData("client.example")]
    [InlineData("client@example.org")]
    [InlineData("spiffe://example.org/client")]
    [InlineData("127.0.0.1")]
    public async Task A_client_must_bear_one_of_the_allowed_names(string name)
    {
        Write("ca.pem", _authority.AuthorityPem);
        await using var server = await StartAsync(Tls(
            $"client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem, client_allowed_sans: [nobody, '{name}']"));
        Assert.True(await ConnectsAsync(server, _authority.Issue("client").Both));
        if (name != "127.0.0.1")
        {
            Assert.False(await ConnectsAsync(server, _authority.Issue("someone").Both));
        }
    }

    [Fact]
    public async Task A_new_certificate_is_shown_to_the_next_connection()
    {
        await using var server = await StartAsync(Tls(""));
        Assert.Equal("CN=server", await SubjectAsync(server));
        var (certificate, key, _) = _authority.Issue("renewed");
        Write("server.key", key);
        Assert.Equal("CN=server", await SubjectAsync(server));
        Write("server.crt", certificate);
        Assert.Equal("CN=renewed", await SubjectAsync(server));
    }

    [Theory]
    [InlineData("min_version: TLS13", SslProtocols.Tls12, false)]
    [InlineData("min_version: TLS13", SslProtocols.Tls13, true)]
    [InlineData("max_version: TLS12", SslProtocols.Tls13, false)]
    [InlineData("max_version: TLS12", SslProtocols.Tls12, true)]
    public async Task Versions_are_limited(string setting, SslProtocols offered, bool taken)
    {
        await using var server = await StartAsync(Tls(setting));
        Assert.Equal(taken, await HandshakeAsync(server, new SslClientAuthenticationOptions { EnabledSslProtocols = offered }) is not null);
    }

    [Fact, SupportedOSPlatform("linux")]
    public async Task Cipher_suites_are_limited()
    {
        await using var server = await StartAsync(Tls("cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]"));
        Assert.Null(await HandshakeAsync(server, Offer(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384)));
        using var taken = await HandshakeAsync(server, Offer(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256));
        Assert.NotNull(taken);

        // TLS 1.3 has its own suites, which the setting leaves alone.
        using var newest = await HandshakeAsync(server, new SslClientAuthenticationOptions { EnabledSslProtocols = SslProtocols.Tls13 });
        Assert.NotNull(newest);

        static SslClientAuthenticationOptions Offer(TlsCipherSuite suite) =>
            new() { EnabledSslProtocols = SslProtocols.Tls12, CipherSuitesPolicy = new CipherSuitesPolicy([suite]) };
    }

    [Fact]
    public async Task Beyond_the_rate_requests_get_429()
    {
        await using var server = await StartAsync("rate_limit: {interval: 1h, burst: 3}");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, (await server.SendAsync("GET", "/-/ready")).Status);
        }

        var (status, body, _) = await server.SendAsync("GET", "/-/ready");
        Assert.Equal((429, "Too Many Requests\n"), (status, body));
    }

    [Fact]
    public async Task Guesses_do_not_push_out_who_may_come_in()
    {
        var check = new PasswordCheck(new Dictionary<string, string> { ["alice"] = Secret });
        Assert.True(await check.VerifyAsync(Basic("alice:secret"), default));
        for (var i = 0; i < 300; i++)
        {
            Assert.False(await check.VerifyAsync(Basic($"alice:{i}"), default));
        }

        Assert.True(check.Remembers(Basic("alice:secret")));
        Assert.Null(check.Remembers(Basic("alice:5")));
    }

    [Fact]
    public async Task P39_P43_Bytes_that_the_platform_refuses_come_through_tls_too()
    {
        await using var server = await StartAsync(Tls(""));
        using var stream = (await HandshakeAsync(server, new SslClientAuthenticationOptions()))!;
        using var answers = new StreamReader(stream);
        foreach (var target in (string[])["/metrics/job/%00", "/metrics/job/plain", "/metrics/job/größe"])
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"PUT {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nm 1\n"), TestContext.Current.CancellationToken);
            Assert.Equal("HTTP/1.1 200 OK", await answers.ReadLineAsync(TestContext.Current.CancellationToken));
            while (await answers.ReadLineAsync(TestContext.Current.CancellationToken) is { Length: > 0 })
            {
            }
        }

        Assert.Equal(3, server.Tallygate.Gateway.Groups.Count);
    }

    [Fact]
    public async Task P39_P43_Bytes_that_the_platform_refuses_come_past_the_guard()
    {
        await using var server = await StartAsync($"basic_auth_users: {{alice: {Secret}}}");
        foreach (var target in (string[])["/metrics/job/%00", "/metrics/job/größe"])
        {
            Assert.StartsWith("HTTP/1.1 401 ", await server.RawAsync("PUT", target, "m 1\n"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_wrong_file_stops_the_start()
    {
        Write("w.yml", "bogus: 1");
        var server = Tallygate.Server.Composition.TallygateServer.Create(new ServerOptions { ListenAddresses = ["127.0.0.1:0"], WebConfigFile = Path.Combine(_folder, "w.yml") });
        var problem = await Assert.ThrowsAsync<StartException>(server.StartHttpAsync);
        Assert.EndsWith("w.yml:1:1: field bogus not found in web config", problem.Message, StringComparison.Ordinal);
    }

    private static string Basic(string who) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(who));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 500 && !await holds(); i++)
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.True(await holds());
    }

    private static HttpClient Client(TestServer server, X509Certificate2? certificate = null)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
        }

        return new HttpClient(handler) { BaseAddress = new Uri(server.Tallygate.Addresses[0]) };
    }

    private static async Task<bool> ConnectsAsync(TestServer server, X509Certificate2? certificate)
    {
        using var client = Client(server, certificate);
        try
        {
            using var answer = await client.GetAsync("/-/ready", TestContext.Current.CancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<string> SubjectAsync(TestServer server)
    {
        using var stream = await HandshakeAsync(server, new SslClientAuthenticationOptions());
        return stream!.RemoteCertificate!.Subject;
    }

    private static async Task<SslStream?> HandshakeAsync(TestServer server, SslClientAuthenticationOptions options)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(server.Tallygate.Addresses[0]).Port, TestContext.Current.CancellationToken);
        var stream = new SslStream(socket.GetStream());
        options.TargetHost = "localhost";
        options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        try
        {
            await stream.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
            return stream;
        }
        catch (Exception refused) when (refused is AuthenticationException or IOException)
        {
            await stream.DisposeAsync();
            return null;
        }
    }

    private string Tls(string more)
    {
        var (certificate, key, _) = _authority.Issue("server");
        Write("server.crt", certificate);
        Write("server.key", key);
        return $"tls_server_config: {{cert_file: server.crt, key_file: server.key{(more.Length > 0 ? ", " : "")}{more}}}\n";
    }

    private Task<TestServer> StartAsync(string yaml)
    {
        Write("w.yml", yaml);
        return TestServer.StartAsync(new ServerOptions { WebConfigFile = Path.Combine(_folder, "w.yml") });
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);
}
