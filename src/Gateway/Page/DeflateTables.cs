namespace Tallygate.Gateway.Page;

/// <summary>
/// The one code with which pages are deflated, made for exposition text: digits, small letters and references back are short, whatever else
/// there is can be written too. One code for all pages needs no second look at the text and no tree for each page.
/// </summary>
internal static class DeflateTables
{
    /// <summary>The symbol that ends a block.</summary>
    public const int EndOfBlock = 256;

    /// <summary>The longest run of bytes that one reference takes.</summary>
    public const int LongestMatch = 258;

    private const int Literals = 286;
    private const int Distances = 30;

    /// <summary>The order in which the header of a block gives the lengths of the code for lengths.</summary>
    private static ReadOnlySpan<byte> LengthOrder => [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private static readonly DeflateCode LiteralCode = DeflateCode.For(LiteralWeights(), longest: 15);
    private static readonly DeflateCode DistanceCode = DeflateCode.For(DistanceWeights(), longest: 15);

    /// <summary>For each literal, and the end of a block: bits, and above bit 24 how many.</summary>
    public static readonly uint[] Symbols = MakeSymbols();

    /// <summary>For each length of a reference, with its extra bits: bits, and above bit 24 how many.</summary>
    public static readonly uint[] Lengths = MakeLengths();

    /// <summary>What a block begins with: that it is not the last, and its code.</summary>
    public static readonly (ulong Bits, int Count)[] Header = MakeHeader();

    /// <summary>For each distance code: the code's bits, how many, the least distance and how many extra bits.</summary>
    private static readonly (ushort Code, byte Count, byte Extra, int Base)[] DistanceCodes = MakeDistances();

    /// <summary>The bits of a distance and how many they are.</summary>
    public static uint Distance(int distance, out int count)
    {
        ref readonly var entry = ref DistanceCodes[CodeOf(distance)];
        count = entry.Count + entry.Extra;
        return entry.Code | ((uint)(distance - entry.Base) << entry.Count);
    }

    private static int CodeOf(int distance)
    {
        var value = (uint)(distance - 1);
        if (value < 4)
        {
            return (int)value;
        }

        var log = 31 - System.Numerics.BitOperations.LeadingZeroCount(value);
        return (2 * log) + (int)((value >> (log - 1)) & 1);
    }

    private static int[] LiteralWeights()
    {
        var weights = new int[Literals];
        Array.Fill(weights, 2);
        for (var c = 32; c < 127; c++)
        {
            weights[c] = char.IsAsciiDigit((char)c) ? 700 : char.IsAsciiLetterLower((char)c) ? 60 : 10;
        }

        weights['\n'] = 400;
        weights['.'] = 200;
        foreach (var c in "_\"=, e+-/{}")
        {
            weights[c] = 70;
        }

        weights[EndOfBlock] = 10;
        Array.Fill(weights, 60, 257, 29);
        return weights;
    }

    private static int[] DistanceWeights()
    {
        // Back to the line before or a few lines further.
        var weights = new int[Distances];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = i is >= 10 and <= 16 ? 40 : i is > 16 and <= 24 ? 8 : 2;
        }

        return weights;
    }

    private static uint[] MakeSymbols()
    {
        var symbols = new uint[EndOfBlock + 1];
        for (var i = 0; i < symbols.Length; i++)
        {
            symbols[i] = LiteralCode.Codes[i] | ((uint)LiteralCode.Lengths[i] << 24);
        }

        return symbols;
    }

    private static uint[] MakeLengths()
    {
        var lengths = new uint[LongestMatch + 1];
        for (var length = 3; length <= LongestMatch; length++)
        {
            var value = length - 3;
            var log = value < 8 ? 0 : 31 - System.Numerics.BitOperations.LeadingZeroCount((uint)value) - 2;
            var symbol = length == LongestMatch ? 285 : value < 8 ? 257 + value : 257 + (4 * log) + (value >> log);
            var extra = length == LongestMatch ? 0 : log;
            var bits = LiteralCode.Codes[symbol] | ((uint)(value & ((1 << extra) - 1)) << LiteralCode.Lengths[symbol]);
            lengths[length] = bits | ((uint)(LiteralCode.Lengths[symbol] + extra) << 24);
        }

        return lengths;
    }

    private static (ushort Code, byte Count, byte Extra, int Base)[] MakeDistances()
    {
        var distances = new (ushort, byte, byte, int)[Distances];
        var least = 1;
        for (var i = 0; i < Distances; i++)
        {
            var extra = Math.Max(0, (i >> 1) - 1);
            distances[i] = (DistanceCode.Codes[i], DistanceCode.Lengths[i], (byte)extra, least);
            least += 1 << extra;
        }

        return distances;
    }

    private static (ulong Bits, int Count)[] MakeHeader()
    {
        // Lengths of both codes behind each other; 16 repeats the one before three to six times.
        byte[] lengths = [.. LiteralCode.Lengths, .. DistanceCode.Lengths];
        var tokens = new List<(int Symbol, int Extra)>();
        for (var i = 0; i < lengths.Length;)
        {
            var run = 1;
            while (i > 0 && run <= 6 && i + run - 1 < lengths.Length && lengths[i + run - 1] == lengths[i - 1])
            {
                run++;
            }

            run--;
            tokens.Add(run >= 3 ? (16, run - 3) : (lengths[i], 0));
            i += run >= 3 ? run : 1;
        }

        var weights = new int[19];
        tokens.ForEach(t => weights[t.Symbol]++);
        var code = DeflateCode.For(weights, longest: 7);
        var header = new List<(ulong, int)> { (0b100, 3), (Literals - 257, 5), (Distances - 1, 5), (19 - 4, 4) };
        foreach (var symbol in LengthOrder)
        {
            header.Add((code.Lengths[symbol], 3));
        }

        foreach (var (symbol, extra) in tokens)
        {
            header.Add((code.Codes[symbol], code.Lengths[symbol]));
            if (symbol == 16)
            {
                header.Add(((ulong)extra, 2));
            }
        }

        return [.. header];
    }
}
