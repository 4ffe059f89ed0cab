using System.Buffers.Binary;
using System.Numerics;

namespace Tallygate.Gateway.Folds;

/// <summary>SipHash-2-4 with 128 bits of output (Aumasson and Bernstein, 2012): short inputs, no collisions by accident.</summary>
internal static class SipHash
{
    /// <summary>The hash of <paramref name="bytes"/> under a key of two words.</summary>
    public static UInt128 Of(ReadOnlySpan<byte> bytes, ulong key0 = 0, ulong key1 = 0)
    {
        var state = new State(
            key0 ^ 0x736F6D6570736575, key1 ^ 0x646F72616E646F6D ^ 0xEE, key0 ^ 0x6C7967656E657261, key1 ^ 0x7465646279746573);
        var length = (ulong)bytes.Length;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            state.Take(BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        Span<byte> last = stackalloc byte[8];
        bytes.CopyTo(last);
        last[7] = (byte)length;
        state.Take(BinaryPrimitives.ReadUInt64LittleEndian(last));
        var lower = state.End(0, 0xEE);
        return new UInt128(state.End(0xDD, 0), lower);
    }

    private struct State(ulong a, ulong b, ulong c, ulong d)
    {
        private ulong _a = a;
        private ulong _b = b;
        private ulong _c = c;
        private ulong _d = d;

        public void Take(ulong word)
        {
            _d ^= word;
            Rounds(2);
            _a ^= word;
        }

        public ulong End(ulong intoB, ulong intoC)
        {
            _b ^= intoB;
            _c ^= intoC;
            Rounds(4);
            return _a ^ _b ^ _c ^ _d;
        }

        private void Rounds(int count)
        {
            unchecked
            {
                for (; count > 0; count--)
                {
                    _a += _b;
                    _b = BitOperations.RotateLeft(_b, 13) ^ _a;
                    _a = BitOperations.RotateLeft(_a, 32);
                    _c += _d;
                    _d = BitOperations.RotateLeft(_d, 16) ^ _c;
                    _a += _d;
                    _d = BitOperations.RotateLeft(_d, 21) ^ _a;
                    _c += _b;
                    _b = BitOperations.RotateLeft(_b, 17) ^ _c;
                    _c = BitOperations.RotateLeft(_c, 32);
                }
            }
        }
    }
}
