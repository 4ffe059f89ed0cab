using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Tallygate.Server.Http;

/// <summary>
/// Follows what the HTTP server consumes of a connection, and knows where a request begins: behind the head, and the body that the head says.
/// It refuses nothing: what is malformed the server refuses, and closes the connection. Not thread-safe.
/// </summary>
internal sealed class RequestFraming
{
    // Longer lines say nothing that is needed here.
    private const int KeptOfLine = 256;

    private readonly byte[] _line = new byte[KeptOfLine];
    private Part _part = Part.RequestLine;
    private int _lineLength;
    private bool _chunked;
    private long _left;

    private enum Part
    {
        RequestLine,
        Header,
        Body,
        ChunkSize,
        ChunkData,
        ChunkEnd,
        Trailer,
        Unknown,
    }

    /// <summary>Whether the next byte begins a request.</summary>
    public bool IsAtStart => _part == Part.RequestLine && _lineLength == 0;

    /// <summary>Takes note of bytes that were consumed.</summary>
    public void Consume(in ReadOnlySequence<byte> bytes)
    {
        foreach (var piece in bytes)
        {
            Consume(piece.Span);
        }
    }

    private void Consume(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && _part != Part.Unknown)
        {
            if (_part is Part.Body or Part.ChunkData)
            {
                var taken = (int)Math.Min(_left, bytes.Length);
                bytes = bytes[taken..];
                _left -= taken;
                if (_left == 0)
                {
                    _part = _part == Part.Body ? Part.RequestLine : Part.ChunkEnd;
                }

                continue;
            }

            var end = bytes.IndexOf((byte)'\n');
            var part = end < 0 ? bytes : bytes[..end];
            var kept = Math.Min(part.Length, KeptOfLine - _lineLength);
            part[..kept].CopyTo(_line.AsSpan(_lineLength));
            _lineLength += kept;
            if (end < 0)
            {
                return;
            }

            bytes = bytes[(end + 1)..];
            var line = _line.AsSpan(0, _lineLength).TrimEnd((byte)'\r');
            _lineLength = 0;
            _part = Next(line);
        }
    }

    private Part Next(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.RequestLine:
                _chunked = false;
                _left = 0;

                // Behind these there are no more requests of this form.
                return line.IsEmpty ? Part.RequestLine : line.StartsWith("PRI "u8) || line.StartsWith("CONNECT "u8) ? Part.Unknown : Part.Header;
            case Part.Header when line.IsEmpty:
                return _chunked ? Part.ChunkSize : _left > 0 ? Part.Body : Part.RequestLine;
            case Part.Header:
                TakeHeader(line);
                return Part.Header;
            case Part.ChunkSize:
                return !Utf8Parser.TryParse(line, out _left, out _, 'x') || _left < 0 ? Part.Unknown : _left == 0 ? Part.Trailer : Part.ChunkData;
            case Part.ChunkEnd:
                return Part.ChunkSize;
            default:
                return line.IsEmpty ? Part.RequestLine : Part.Trailer;
        }
    }

    private void TakeHeader(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            return;
        }

        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (Ascii.EqualsIgnoreCase(line[..colon], "Content-Length"u8))
        {
            _ = Utf8Parser.TryParse(value, out _left, out _);
        }
        else if (Ascii.EqualsIgnoreCase(line[..colon], "Transfer-Encoding"u8))
        {
            _chunked = true;
        }
    }
}
