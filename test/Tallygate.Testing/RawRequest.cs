using System.Text;

namespace Tallygate.Testing;

/// <summary>An HTTP request whose target, headers and body go over the wire exactly as given, which no HTTP client would do.</summary>
public sealed record RawRequest(string Method, string Target)
{
    /// <summary>Headers beside Host and those of the body.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>The body; null for none, and no header that tells its length either.</summary>
    public byte[]? Body { get; init; }

    /// <summary>Sends the body in chunks of this many bytes; 0: with Content-Length.</summary>
    public int ChunkBytes { get; init; }

    /// <summary>Hangs up the sending side after this many bytes of the body.</summary>
    public int? CutAfter { get; init; }

    /// <summary>The protocol of the first line.</summary>
    public string Protocol { get; init; } = "HTTP/1.1";

    /// <summary>The bytes that go over the wire.</summary>
    public byte[] Bytes()
    {
        using var bytes = new MemoryStream();
        var head = new StringBuilder().Append(Method).Append(' ').Append(Target).Append(' ').Append(Protocol).Append("\r\nHost: gateway\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        if (Body is not null)
        {
            head.Append(ChunkBytes > 0 ? "Transfer-Encoding: chunked\r\n" : $"Content-Length: {Body.Length}\r\n");
        }

        bytes.Write(Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()));
        var body = Body.AsSpan(0, Math.Min(CutAfter ?? int.MaxValue, Body?.Length ?? 0));
        if (Body is null || ChunkBytes == 0)
        {
            bytes.Write(body);
            return bytes.ToArray();
        }

        for (var at = 0; at < body.Length; at += ChunkBytes)
        {
            var chunk = body[at..Math.Min(at + ChunkBytes, body.Length)];
            bytes.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            bytes.Write(chunk);
            bytes.Write("\r\n"u8);
        }

        if (CutAfter is null)
        {
            bytes.Write("0\r\n\r\n"u8);
        }

        return bytes.ToArray();
    }
}
