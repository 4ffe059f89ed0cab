namespace Tallygate.Tsdb.Memory;

/// <summary>
/// Large arrays into which closed chunks are laid one behind the other. An array goes when no chunk in it is referred to any more; chunks
/// that are closed at one time are dropped at one time, so that happens. One writer uses it at a time.
/// </summary>
internal sealed class Slab
{
    private const int Size = 256 * 1024;
    private byte[] _current = [];
    private int _used;

    /// <summary>Copies <paramref name="bytes"/> to a place where they stay.</summary>
    public (byte[] Array, int Offset) Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Size / 4)
        {
            return (bytes.ToArray(), 0);
        }

        if (_current.Length - _used < bytes.Length)
        {
            // The first one is small, for there are stores that hold next to nothing.
            _current = GC.AllocateUninitializedArray<byte>(_current.Length == 0 ? Size / 16 : Size);
            _used = 0;
        }

        var offset = _used;
        bytes.CopyTo(_current.AsSpan(offset));
        _used += bytes.Length;
        return (_current, offset);
    }
}
