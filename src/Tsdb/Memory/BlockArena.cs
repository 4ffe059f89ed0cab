using System.Buffers.Binary;

namespace Tallygate.Tsdb.Memory;

/// <summary>
/// The bytes of many short texts that grow at their ends: each a chain of blocks of 32, 64 and 128 bytes, larger ones the longer it is, in
/// pages that the garbage collector neither looks into nor moves. Nothing is ever moved to grow; a chain that is freed serves the next one.
/// One writer uses it at a time, and readers of a chain keep its writer out while they copy it.
/// </summary>
internal sealed class BlockArena
{
    private const int UnitShift = 5;
    private const int PageUnits = 512;
    private const int LinkLength = 4;

    // Two blocks of one unit, three of two, and then blocks of four.
    private const int EndOfOnes = 2 * (Unit - LinkLength);
    private const int EndOfTwos = EndOfOnes + (3 * ((2 * Unit) - LinkLength));
    private const int Unit = 1 << UnitShift;

    private readonly int[] _free = new int[3];
    private byte[][] _pages = new byte[4][];
    private int _end = 1;

    /// <summary>The bytes of all pages.</summary>
    public long Bytes => (long)((_end + PageUnits - 1) / PageUnits) * PageUnits * Unit;

    /// <summary>
    /// Writes over the last byte of a chain, or behind it, and goes on from there.
    /// </summary>
    /// <param name="chain">The chain; the empty one gets its first block.</param>
    /// <param name="length">How many bytes it has.</param>
    /// <param name="at">Where to write: the length, or one less.</param>
    public void Write(ref BlockChain chain, int length, int at, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var (from, to, shift) = BlockAt(at);
            if (at == from && at >= length)
            {
                Extend(ref chain, shift);
            }

            var count = Math.Min(bytes.Length, to - at);
            bytes[..count].CopyTo(Block(chain.Last, shift)[(LinkLength + at - from)..]);
            bytes = bytes[count..];
            at += count;
        }
    }

    /// <summary>Copies a chain, which is as long as the target.</summary>
    public void CopyTo(BlockChain chain, Span<byte> target)
    {
        var address = chain.First;
        for (var at = 0; at < target.Length;)
        {
            var (_, to, shift) = BlockAt(at);
            var block = Block(address, shift);
            var count = Math.Min(target.Length, to) - at;
            block.Slice(LinkLength, count).CopyTo(target[at..]);
            address = BinaryPrimitives.ReadInt32LittleEndian(block);
            at += count;
        }
    }

    /// <summary>Frees the blocks of a chain, which is empty then.</summary>
    public void Free(ref BlockChain chain)
    {
        var at = 0;
        for (var address = chain.First; address != 0;)
        {
            var (_, to, shift) = BlockAt(at);
            var block = Block(address, shift);
            var next = BinaryPrimitives.ReadInt32LittleEndian(block);
            BinaryPrimitives.WriteInt32LittleEndian(block, _free[shift]);
            _free[shift] = address;
            (address, at) = (next, to);
        }

        chain = default;
    }

    // The block that holds the byte at a place of a chain: from which byte to which, and its size.
    private static (int From, int To, int Shift) BlockAt(int at)
    {
        const int One = Unit - LinkLength;
        const int Two = (2 * Unit) - LinkLength;
        const int Four = (4 * Unit) - LinkLength;
        if (at < EndOfOnes)
        {
            return at < One ? (0, One, 0) : (One, EndOfOnes, 0);
        }

        if (at < EndOfTwos)
        {
            var from = EndOfOnes + ((at - EndOfOnes) / Two * Two);
            return (from, from + Two, 1);
        }

        var start = EndOfTwos + ((at - EndOfTwos) / Four * Four);
        return (start, start + Four, 2);
    }

    private void Extend(ref BlockChain chain, int shift)
    {
        var address = Take(shift);
        if (chain.First == 0)
        {
            chain.First = address;
        }
        else
        {
            // The link is at the start of a block, whatever its size.
            BinaryPrimitives.WriteInt32LittleEndian(Block(chain.Last, 0), address);
        }

        chain.Last = address;
    }

    private int Take(int shift)
    {
        var address = _free[shift];
        if (address != 0)
        {
            var block = Block(address, shift);
            _free[shift] = BinaryPrimitives.ReadInt32LittleEndian(block);
            BinaryPrimitives.WriteInt32LittleEndian(block, 0);
            return address;
        }

        // A block lies in one page: what is left of a page serves as smaller ones.
        while (PageUnits - (_end % PageUnits) < 1 << shift)
        {
            var rest = Fresh(1);
            BinaryPrimitives.WriteInt32LittleEndian(Block(rest, 0), _free[0]);
            _free[0] = rest;
        }

        return Fresh(1 << shift);
    }

    private int Fresh(int units)
    {
        var address = _end;
        var page = address / PageUnits;
        if (page == _pages.Length)
        {
            Array.Resize(ref _pages, page * 2);
        }

        _pages[page] ??= GC.AllocateArray<byte>(PageUnits * Unit, pinned: true);
        _end += units;
        return address;
    }

    private Span<byte> Block(int address, int shift) =>
        _pages[address / PageUnits].AsSpan((address % PageUnits) << UnitShift, Unit << shift);
}
