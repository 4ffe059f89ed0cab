using System.Text;
using Tallygate.PushLog;

namespace Tallygate.Server.PushgatewayApi.Lane;

/// <summary>
/// Reads the head of the plainest push there is: PUT or POST of a clean path, HTTP/1.1, a length, and headers that change nothing. Whatever it
/// does not know wholly it declines, and the server at large reads it. One for each connection; not thread-safe.
/// </summary>
internal sealed class LaneHead(byte[] prefix)
{
    private const int LongestBody = 256 * 1024;
    private const string Protocol = "HTTP/1.1";

    // Requests of one connection mostly differ in nothing but path and body, so what was read from the headers is kept.
    private byte[] _headers = [];
    private byte[] _path = [];
    private int _pathLength;
    private int _contentTypeStart;
    private int _contentTypeLength;
    private int _agentStart;
    private int _agentLength;
    private int _headerSize;
    private int _contentLength;

    /// <summary>PUT or POST.</summary>
    public PushVerb Verb { get; private set; }

    /// <summary>Where the path stands.</summary>
    public Range Path { get; private set; }

    /// <summary>The path, also when the request's bytes are gone.</summary>
    public string PathText => Encoding.ASCII.GetString(_path, 0, _pathLength);

    /// <summary>Where the head ends.</summary>
    public int Length { get; private set; }

    /// <summary>How long the body is.</summary>
    public int ContentLength => _contentLength;

    /// <summary>The method as the counters name it.</summary>
    public string Method => Verb == PushVerb.Replace ? "put" : "post";

    /// <summary>The value of the header Content-Type; empty where there is none.</summary>
    public ReadOnlySpan<byte> ContentType => _headers.AsSpan(_contentTypeStart, _contentTypeLength);

    /// <summary>The bytes of all headers: another array where another request had other ones.</summary>
    public byte[] Headers => _headers;

    /// <summary>What the client calls itself.</summary>
    public string UserAgent => Encoding.ASCII.GetString(_headers, _agentStart, _agentLength);

    /// <summary>The request's size as the Go client estimates it.</summary>
    public double Size { get; private set; }

    /// <summary>Reads a head; false where it is not complete, or anything but such a push.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes)
    {
        var method = bytes.StartsWith("PUT "u8) ? 4 : bytes.StartsWith("POST "u8) ? 5 : 0;
        if (method == 0)
        {
            return false;
        }

        var path = bytes[method..];
        var pathLength = path.IndexOf((byte)' ');
        if (pathLength <= 0 || !IsPath(path[..pathLength]))
        {
            return false;
        }

        var rest = path[pathLength..];
        if (!(_headers.Length > 0 && rest.StartsWith(_headers)) && !TryReadHeaders(rest))
        {
            return false;
        }

        _path = _path.Length < pathLength ? new byte[2 * pathLength] : _path;
        path[..pathLength].CopyTo(_path);
        _pathLength = pathLength;
        Verb = method == 4 ? PushVerb.Replace : PushVerb.Merge;
        Path = method..(method + pathLength);
        Length = method + pathLength + _headers.Length;
        Size = pathLength + (method - 1) + Protocol.Length + _contentLength + _headerSize;
        return true;
    }

    /// <summary>Whether the path leads to a group and reads as it stands: no escapes, no query, no segments to resolve.</summary>
    private bool IsPath(ReadOnlySpan<byte> path)
    {
        if (!path.StartsWith(prefix) || path.ContainsAnyExceptInRange((byte)'!', (byte)'~') || path.IndexOfAny("%?#\\"u8) >= 0)
        {
            return false;
        }

        return path.IndexOf("//"u8) < 0 && path.IndexOf("/."u8) < 0;
    }

    private bool TryReadHeaders(ReadOnlySpan<byte> bytes)
    {
        _headers = [];
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0 || !bytes.StartsWith(" HTTP/1.1\r\n"u8))
        {
            return false;
        }

        _contentLength = -1;
        _contentTypeLength = 0;
        _agentLength = 0;
        _headerSize = 0;
        var hosts = 0;
        var at = " HTTP/1.1\r\n"u8.Length;
        while (at < end + 2)
        {
            var line = bytes[at..];
            line = line[..line.IndexOf("\r\n"u8)];
            var colon = line.IndexOf((byte)':');
            if (colon <= 0 || line.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            {
                return false;
            }

            var value = line[(colon + 1)..].Trim((byte)' ');
            var start = at + line.LastIndexOf(value);
            if (!TakeHeader(line[..colon], value, start, ref hosts))
            {
                return false;
            }

            _headerSize += colon + value.Length;
            at += line.Length + 2;
        }

        if (hosts != 1 || _contentLength < 0)
        {
            return false;
        }

        _headers = bytes[..(end + 4)].ToArray();
        return true;
    }

    private bool TakeHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int start, ref int hosts)
    {
        if (Ascii.EqualsIgnoreCase(name, "Host"u8))
        {
            hosts++;
            return !value.IsEmpty && !value.ContainsAnyExcept(HostCharacters);
        }

        if (Ascii.EqualsIgnoreCase(name, "Content-Length"u8))
        {
            var first = _contentLength < 0;
            return first && value.Length is > 0 and < 9 && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                && int.TryParse(value, out _contentLength) && _contentLength <= LongestBody;
        }

        if (Ascii.EqualsIgnoreCase(name, "Content-Type"u8))
        {
            var first = _contentTypeLength == 0;
            _contentTypeStart = start;
            _contentTypeLength = value.Length;
            return first && !value.IsEmpty;
        }

        if (Ascii.EqualsIgnoreCase(name, "Connection"u8))
        {
            return Ascii.EqualsIgnoreCase(value, "keep-alive"u8);
        }

        if (Ascii.EqualsIgnoreCase(name, "User-Agent"u8))
        {
            var first = _agentLength == 0;
            _agentStart = start;
            _agentLength = value.Length;
            return first && !value.IsEmpty;
        }

        return Ascii.EqualsIgnoreCase(name, "Accept"u8)
            || Ascii.EqualsIgnoreCase(name, "Accept-Encoding"u8);
    }

    private static readonly System.Buffers.SearchValues<byte> HostCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:"u8);
}
