namespace Tallygate.Tsdb.Chunks;

/// <summary>Writes floats in ascending time as one XOR chunk. Reusable, not thread-safe.</summary>
internal sealed class FloatRun
{
    private byte[] _buffer = new byte[2048];
    private XorState _state;
    private long _minTime;
    private long _lastTime;
    private long _lastBits;

    /// <summary>How many samples were added.</summary>
    public int Count => _state.Count;

    /// <summary>How many bytes they take.</summary>
    public int Length => _state.Length;

    public void Add(long time, long bits)
    {
        if (_state.Count == 0)
        {
            _state = XorEncoder.Begin(_buffer, time, bits);
            _minTime = time;
        }
        else
        {
            if (_buffer.Length < _state.Length + XorEncoder.Room)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            XorEncoder.Append(ref _state, _buffer, _lastTime, _lastBits, time, bits);
        }

        (_lastTime, _lastBits) = (time, bits);
    }

    /// <summary>The chunk of what was added, for which there must be something; the run is empty then.</summary>
    public EncodedChunk Take()
    {
        var bytes = _buffer.AsSpan(0, _state.Length).ToArray();
        XorEncoder.WriteCount(bytes, _state.Count);
        var chunk = new EncodedChunk(ChunkEncoding.Xor, bytes, _state.Count, _minTime, _lastTime);
        Array.Clear(_buffer, 0, Math.Min(_buffer.Length, bytes.Length + BitWriter.Slack));
        _state = default;
        return chunk;
    }
}
