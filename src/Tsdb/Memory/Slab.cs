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
        var place = Take(bytes.Length);
        bytes.CopyTo(place.Array.AsSpan(place.Offset));
        return place;
    }

    /// <summary>A place of a length, which the caller fills.</summary>
    public (byte[] Array, int Offset) Take(int length)
    {
        if (length > Size / 4)
        {
            return (new byte[length], 0);
        }

        if (_current.Length - _used < length)
        {
            // The first one is small, for there are stores that hold next to nothing.
            _current = GC.AllocateUninitializedArray<byte>(_current.Length == 0 ? Size / 16 : Size);
            _used = 0;
        }

        var offset = _used;
        _used += length;
        return (_current, offset);
    }
}
