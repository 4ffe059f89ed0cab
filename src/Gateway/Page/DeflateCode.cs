namespace Tallygate.Gateway.Page;

/// <summary>A Huffman code as deflate has it: canonical, of limited length, bits of each code reversed for writing.</summary>
internal sealed class DeflateCode
{
    private DeflateCode(byte[] lengths)
    {
        Lengths = lengths;
        Codes = Assign(lengths);
    }

    /// <summary>How many bits each symbol has.</summary>
    public byte[] Lengths { get; }

    /// <summary>The bits of each symbol, the first to be written lowest.</summary>
    public ushort[] Codes { get; }

    /// <summary>The best code for symbols of these weights, all above zero, none longer than <paramref name="longest"/> bits.</summary>
    public static DeflateCode For(ReadOnlySpan<int> weights, int longest)
    {
        var flattened = weights.ToArray();
        while (true)
        {
            var lengths = LengthsFor(flattened);
            if (lengths.Max() <= longest)
            {
                return new DeflateCode(lengths);
            }

            for (var i = 0; i < flattened.Length; i++)
            {
                flattened[i] = (flattened[i] >> 1) + 1;
            }
        }
    }

    /// <summary>Huffman's way: join the two lightest until one is left. Slow, and done once.</summary>
    private static byte[] LengthsFor(int[] weights)
    {
        var queue = new PriorityQueue<List<int>, (long Weight, int Order)>();
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                queue.Enqueue([i], (weights[i], i));
            }
        }

        var lengths = new byte[weights.Length];
        var order = weights.Length;
        while (queue.TryDequeue(out var light, out var a) && queue.TryDequeue(out var heavy, out var b))
        {
            light.AddRange(heavy);
            light.ForEach(symbol => lengths[symbol]++);
            queue.Enqueue(light, (a.Weight + b.Weight, order++));
        }

        return lengths;
    }

    private static ushort[] Assign(byte[] lengths)
    {
        var codes = new ushort[lengths.Length];
        var next = 0;
        for (var length = 1; length <= 15; length++)
        {
            next <<= 1;
            for (var symbol = 0; symbol < lengths.Length; symbol++)
            {
                if (lengths[symbol] == length)
                {
                    codes[symbol] = Reverse(next++, length);
                }
            }
        }

        return codes;
    }

    private static ushort Reverse(int code, int length)
    {
        var reversed = 0;
        for (var i = 0; i < length; i++)
        {
            reversed = (reversed << 1) | ((code >> i) & 1);
        }

        return (ushort)reversed;
    }
}
