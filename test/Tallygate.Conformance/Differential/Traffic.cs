using System.Text;
using Tallygate.Testing;

namespace Tallygate.Conformance.Differential;

/// <summary>The stream of requests: the same for the same seed.</summary>
public sealed class Traffic(int seed)
{
    private static readonly string[] Paths =
    [
        "/metrics/job/{0}/b", "/metrics/job/{0}/b/c/d", "/metrics/job/{0}/b/", "/metrics/job/{0}/", "/metrics/job/{0}/x/1/x/2", "/metrics/job/{0}/job/b",
        "/metrics/job/{0}/job@base64/Yg", "/metrics/job/{0}/b%2Fc", "/metrics/job/{0}/b/c%2Fd", "/metrics/job/{0}/b/c/", "/metrics/job@base64/=",
        "/metrics/job@base64/", "/metrics/job/", "/metrics/job", "/metrics/job/{0}/x@base64/=", "/metrics/job/{0}/x@base64/", "/metrics/job/{0}/x@base64/YQ==",
        "/metrics/job/{0}/x@base64/YR", "/metrics/job/{0}/x@base64/Y=Q", "/metrics/job/{0}/x@base64/a+b", "/metrics/job/{0}/x@base64/YQ%0A", "/metrics/job/{0}/x@base64/YQ=====",
        "/metrics/job/{0}/x@BASE64/YQ", "/metrics/job/{0}/x@base64@base64/YQ", "/metrics/job/{0}/@base64/YQ", "/metrics/job/{0}/x%40base64/YQ",
        "/metrics/job@base64/YS9i", "/metrics/job@base64/YWJj/x/1", "/metrics/job%40base64/YWJj", "/metrics/job/{0}/1x/v", "/metrics/job/{0}/x-y/v", "/metrics/job/{0}/a=b/v",
        "/metrics/job/{0}/x.y/v", "/metrics/job/{0}/__x/v", "/metrics/job/{0}/_x/v", "/metrics/job/{0}/__name__/v", "/metrics/job/{0}/le/1", "/metrics/job/{0}/quantile/0.5",
        "/metrics/job/{0}/instance/i1", "/metrics/job/a%20b", "/metrics/job/%CE%A0", "/metrics/job/a%0Ab", "/metrics/job/my+job", "/metrics/job/{0}/l%CE%A0/1",
        "/metrics/job/{0}/x/%2Fvar", "/metrics/job/{0}/x/%2Fvar%2Ffoo", "/metrics/job/c%", "/metrics/job/c%zz", "/metrics/job/{0}/b//c/d", "/metrics/job//b/c", "//metrics/job/{0}",
        "/metrics/job/{0}/../b", "/metrics/./job/{0}", "/metrics/job/{0}/l//m//n/o", "/metrics/job/{0}?x=y", "/metrics/job/{0}/b/c?x=%zz", "/Metrics/JOB/{0}", "/metrics/Job@base64/YQ",
        "/metrics/job/%2e%2e/b/c", "/metrics/job/{0}/x/%2e", "/metrics/job/{0}/x/a%22b%5Cc", "/metrics/jobs/x", "/metrics/instance/b/job/a", "/metrics/", "/metrics", "/%6detrics/job/{0}",
        "/metrics%2Fjob/{0}", "/metrics/job/%7E!$&'()*;:@,", "/metrics/job/{0}/x/ü", "/metrics/job/{0}/U__x_2e_y/v", "/metrics/job/{0}/x/1/y@base64/_-8",
    ];

    private static readonly string[] Elsewhere =
    [
        "/", "/status", "/-/healthy", "/-/ready", "/-/quit", "/-/", "/api/v1/status", "/api/v1/metrics", "/api/v1/foo", "/api/v1", "/api", "/api/", "/favicon.ico", "/status/", "/STATUS",
        "/-/Healthy", "/api/v1/admin/wipe", "/nowhere", "/metrics/job/j1", "/metrics/job@base64/YQ", "/metrics?x=1", "/./metrics", "//", "/metrics/../status",
    ];

    private static readonly string[] Accepts =
    [
        "*/*", "text/plain", "text/plain;version=0.0.4", "text/plain;version=1.0.0", "application/json", "application/openmetrics-text;version=1.0.0;q=0.9,text/plain;version=0.0.4;q=0.5",
        ProtobufBody.ContentType, ProtobufBody.ContentType.Replace(" ", "", StringComparison.Ordinal) + ";q=0.3,text/plain;version=0.0.4;q=0.8", "garbage", "text/*;q=0.1", "application/vnd.google.protobuf",
    ];

    private readonly Random _random = new(seed);
    private readonly Bodies _bodies = new(new Random(seed + 1));

    /// <summary>The next request.</summary>
    public Probe Next() => _random.Next(100) switch
    {
        < 34 => Push("good text", Path(), _bodies.GoodText()),
        < 44 => Push("bad text", Path(), _bodies.BadText()),
        < 50 => Push("mutated text", Path(), _bodies.Mutated(_bodies.GoodText())),
        < 56 => Push("protobuf", Path(), _bodies.Protobuf(), ("Content-Type", ProtobufBody.ContentType)),
        < 60 => Push("bad protobuf", Path(), _bodies.BadProtobuf(), ("Content-Type", ProtobufBody.ContentType)),
        < 65 => Packed(),
        < 67 => Cut(),
        < 75 => Push("path", string.Format(null, Pick(Paths), "j" + _random.Next(4)), _bodies.GoodText()),
        < 77 => Send("delete path", "DELETE", string.Format(null, Pick(Paths), "j" + _random.Next(4)), null),
        < 83 => Send("delete", "DELETE", Path(), null),
        < 84 => Push("content type", Path(), _bodies.GoodText(), ("Content-Type", Pick(ContentTypes))),
        < 85 => Push("chunks", Path(), _bodies.GoodText()) is var chunks ? chunks with { Request = chunks.Request with { ChunkBytes = _random.Next(1, 40) } } : null!,
        < 92 => OnOtherPaths(),
        < 95 => Send("scrape", "GET", "/metrics", null, ("Accept", Pick(Accepts)), ("Accept-Encoding", Pick(Encodings))),
        < 99 => Send("query api", "GET", "/api/v1/metrics", null),
        _ => _random.Next(6) switch
        {
            0 => Send("wipe", "PUT", "/api/v1/admin/wipe", []),
            1 => Push("bad job", "/metrics/job@base64/" + Pick("!!", "YWJj!", "A"), "m 1\n"u8.ToArray()) with { BlocksPeer = true },
            2 => Push("not utf8", "/metrics/job/%FF", "m 1\n"u8.ToArray()),
            3 => Push("zero byte", "/metrics/job/a%00b", "m 1\n"u8.ToArray()),
            _ => Push("empty instance", Pick("/metrics/job/j1/instance/", "/metrics/job/j2/instance@base64/="), _bodies.GoodText()),
        },
    };

    private static string[] Encodings => ["", "gzip", "gzip;q=0", "deflate", "*", "identity", "GZIP", "br, gzip"];

    private static string[] ContentTypes =>
    [
        "", "text/plain", "text/plain; version=0.0.4", "application/json", "application/x-www-form-urlencoded", "application/vnd.google.protobuf", "application/vnd.google.protobuf; encoding=delimited",
        "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=text", "garbage;;=", "multipart/form-data; boundary=x",
    ];

    private string Path()
    {
        var job = "/metrics/job/j" + _random.Next(6);
        return _random.Next(4) switch
        {
            0 => job + "/instance/i" + _random.Next(3),
            1 => job + "/x/" + _random.Next(3),
            _ => job,
        };
    }

    private Probe Push(string kind, string path, byte[] body, params (string, string)[] headers) => Send(kind, _random.Next(2) == 0 ? "PUT" : "POST", path, body, headers);

    private static Probe Send(string kind, string method, string path, byte[]? body, params (string, string)[] headers) =>
        new(kind, new RawRequest(method, path) { Body = body, Headers = headers }) { Plain = body };

    private Probe Packed()
    {
        var text = _random.Next(5) == 0 ? _bodies.BadText() : _bodies.GoodText();
        var (kind, body) = _bodies.Gzip(text);
        return Push("gzip " + kind, Path(), body, ("Content-Encoding", Pick("gzip", "gzip", "gzip", "GZIP", "x-gzip"))) with { Plain = text };
    }

    private Probe Cut()
    {
        var probe = Push("cut off", Path(), _bodies.GoodText());
        var request = probe.Request with { CutAfter = _random.Next(0, probe.Request.Body!.Length), ChunkBytes = _random.Next(2) * 7 };
        return probe with { Request = request };
    }

    private Probe OnOtherPaths()
    {
        var method = Pick("GET", "GET", "GET", "GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "FOO");
        return Send("elsewhere", method, Pick(Elsewhere), method is "PUT" or "POST" ? [] : null);
    }

    private T Pick<T>(params ReadOnlySpan<T> of) => of[_random.Next(of.Length)];
}
