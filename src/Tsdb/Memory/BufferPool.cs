using System.Numerics;

namespace Tallygate.Tsdb.Memory;

/// <summary>
/// Buffers of open chunks, by size in powers of two, zeroed. One writer uses it at a time. A buffer that a reader may still hold must
/// not come back.
/// </summary>
internal sealed class BufferPool
{
    public const int SmallestShift = 6;
    private const int Kept = 4096;
    private readonly Stack<byte[]>[] _free = [new(), new(), new(), new(), new(), new()];

    /// <summary>A zeroed buffer of at least <paramref name="length"/> bytes.</summary>
    public byte[] Rent(int length)
    {
        var size = Math.Max((int)BitOperations.RoundUpToPowerOf2((uint)length), 1 << SmallestShift);
        if (Place(size) is { Count: > 0 } stack)
        {
            var buffer = stack.Pop();
            Array.Clear(buffer);
            return buffer;
        }

        return new byte[size];
    }

    public void Return(byte[] buffer)
    {
        if (Place(buffer.Length) is { Count: < Kept } stack)
        {
            stack.Push(buffer);
        }
    }

    private Stack<byte[]>? Place(int size)
    {
        var place = BitOperations.Log2((uint)size) - SmallestShift;
        return place < _free.Length ? _free[place] : null;
    }
}
