using System.Buffers;

namespace Tallygate.Scrape;

/// <summary>What one fetch gave: a body, or an error. Owns the body's memory.</summary>
internal sealed class ScrapeAnswer : IDisposable
{
    private byte[] _buffer;
    private int _length;

    private ScrapeAnswer(byte[] buffer, int length, string contentType, string? error)
    {
        _buffer = buffer;
        _length = length;
        ContentType = contentType;
        Error = error;
    }

    /// <summary>Why there is no body; null where there is one.</summary>
    public string? Error { get; }

    /// <summary>The header <c>Content-Type</c>, or empty.</summary>
    public string ContentType { get; }

    /// <summary>The body, unpacked; valid until the answer is disposed of.</summary>
    public ReadOnlySpan<byte> Body => _buffer.AsSpan(0, _length);

    public static ScrapeAnswer Of(string error) => new([], 0, "", error);

    /// <summary>Takes over a buffer from the shared pool.</summary>
    public static ScrapeAnswer Of(byte[] pooled, int length, string contentType) => new(pooled, length, contentType, null);

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
        }
    }
}
