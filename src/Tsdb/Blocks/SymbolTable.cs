using System.Text;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tsdb.Blocks;

/// <summary>The names and values of a block by their number; each becomes a string when first asked for, and stays that one. Thread-safe.</summary>
internal sealed class SymbolTable
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private readonly string?[] _texts;

    private SymbolTable(byte[] bytes, int[] starts)
    {
        _bytes = bytes;
        _starts = starts;
        _texts = new string?[starts.Length];
    }

    public int Count => _starts.Length;

    /// <summary>The text of a number that is less than <see cref="Count"/>.</summary>
    public string this[int number]
    {
        get
        {
            if (Volatile.Read(ref _texts[number]) is { } known)
            {
                return known;
            }

            Varint.TryReadUnsigned(_bytes.AsSpan(_starts[number]), out var length, out var front);
            var text = Encoding.UTF8.GetString(_bytes.AsSpan(_starts[number] + front, (int)length));
            return Interlocked.CompareExchange(ref _texts[number], text, null) ?? text;
        }
    }

    /// <summary>Takes over the section's bytes behind its count; null where they are not <paramref name="count"/> texts.</summary>
    public static SymbolTable? Read(byte[] bytes, int from, uint count)
    {
        if (count > bytes.Length)
        {
            return null;
        }

        var starts = new int[count];
        var at = from;
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = at;
            if (!Varint.TryReadUnsigned(bytes.AsSpan(at), out var length, out var front) || length > (ulong)(bytes.Length - at - front))
            {
                return null;
            }

            at += front + (int)length;
        }

        return at == bytes.Length ? new SymbolTable(bytes, starts) : null;
    }
}
