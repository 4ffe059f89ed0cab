using System.Buffers.Binary;
using Tallygate.Model;

namespace Tallygate.Exposition;

/// <summary>
/// Strings for UTF-8 bytes, remembered: the same bytes mostly give the same string again without allocating. It forgets by chance, never grows,
/// and is made to be shared by everything that parses for as long as the program runs. Thread-safe without locks.
/// </summary>
public sealed class Utf8StringPool
{
    // What is longer is seldom seen twice, and would fill the memory.
    private const int LongestKept = 256;

    private readonly Entry?[] _entries;
    private readonly ulong _seed;

    /// <summary>Remembers up to <paramref name="capacity"/> strings, rounded up to a power of two.</summary>
    public Utf8StringPool(int capacity = 16_384)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 2);
        _entries = new Entry?[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _seed = (ulong)Random.Shared.NextInt64();
    }

    /// <summary>The string for <paramref name="utf8"/>; bytes that are not UTF-8 are kept as <see cref="ByteText"/> does.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > LongestKept)
        {
            return ByteText.Decode(utf8);
        }

        // Two places for each hash. Entries are immutable and replaced whole, so racing threads lose at most an entry.
        var first = (int)(Hash(utf8) & (ulong)(_entries.Length - 1));
        if (_entries[first] is { } entry && utf8.SequenceEqual(entry.Utf8))
        {
            return entry.Text;
        }

        var second = first ^ 1;
        if (_entries[second] is { } other && utf8.SequenceEqual(other.Utf8))
        {
            return other.Text;
        }

        var fresh = new Entry(utf8.ToArray(), ByteText.Decode(utf8));
        _entries[second] = _entries[first];
        _entries[first] = fresh;
        return fresh.Text;
    }

    private ulong Hash(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            var hash = _seed ^ (ulong)bytes.Length;
            while (bytes.Length >= 8)
            {
                hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
                bytes = bytes[8..];
            }

            ulong tail = 0;
            foreach (var b in bytes)
            {
                tail = (tail << 8) | b;
            }

            return Mix(hash ^ tail);
        }
    }

    private static ulong Mix(ulong value)
    {
        unchecked
        {
            value *= 0x9E3779B97F4A7C15UL;
            value ^= value >> 32;
            value *= 0xD6E8FEB86659FD93UL;
            return value ^ (value >> 32);
        }
    }

    private sealed class Entry(byte[] utf8, string text)
    {
        public readonly byte[] Utf8 = utf8;
        public readonly string Text = text;
    }
}
