using CsCheck;
using Tallygate.Model;
using Tallygate.Tsdb.Chunks;

namespace Tallygate.Tests.Tsdb;

public sealed class XorChunkTests
{
    private static byte[] Encode(IReadOnlyList<(long Time, long Bits)> samples)
    {
        var buffer = new byte[64 + (samples.Count * 24)];
        var state = XorEncoder.Begin(buffer, samples[0].Time, samples[0].Bits);
        for (var i = 1; i < samples.Count; i++)
        {
            XorEncoder.Append(ref state, buffer, samples[i - 1].Time, samples[i - 1].Bits, samples[i].Time, samples[i].Bits);
        }

        Assert.Equal(samples.Count, state.Count);
        XorEncoder.WriteCount(buffer, state.Count);
        return buffer[..state.Length];
    }

    private static List<(long Time, long Bits)> Decode(byte[] chunk, int count, int batch)
    {
        var decoder = new XorDecoder(chunk, 0, chunk.Length, count);
        var (times, values) = (new long[batch], new double[batch]);
        var all = new List<(long, long)>();
        for (var read = decoder.Read(times, values); read > 0; read = decoder.Read(times, values))
        {
            all.AddRange(Enumerable.Range(0, read).Select(i => (times[i], BitConverter.DoubleToInt64Bits(values[i]))));
        }

        Assert.False(decoder.IsBeyondEnd);
        return all;
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);

    // Worked out by hand from the format: bit strings, most significant first.
    public static TheoryData<string, (long, long)[], string> Golden => new()
    {
        { "one sample", [(1000, Bits(1))], "0001 d00f 3ff0000000000000" },
        { "an unchanged value", [(1000, Bits(1)), (1015, Bits(1))], "0002 d00f 3ff0000000000000 0f " + Hex("0") },
        {
            // 1 xor 2 has one run of eleven bits behind one leading zero: 11 00001 001011 11111111111.
            "a new window", [(0, Bits(1)), (10, Bits(2))], "0002 00 3ff0000000000000 0a " + Hex("11 00001 001011 11111111111")
        },
        {
            // The third value differs in the window's first bit only; the time's pace is kept: 0, then 10 and eleven bits.
            "the window again",
            [(0, Bits(1)), (10, Bits(2)), (20, Bits(1))],
            "0003 00 3ff0000000000000 0a " + Hex("11 00001 001011 11111111111 0 10 11111111111")
        },
        {
            // Deltas 10, 11, 2, 10002, 80002, 680002: each change needs the next wider field.
            "deltas of deltas of every width",
            [(0, 0), (10, 0), (21, 0), (23, 0), (10_025, 0), (90_027, 0), (770_029, 0)],
            "0007 00 0000000000000000 0a " + Hex(
                "0 10" + Field(1, 14) + "0 10" + Field(-9, 14) + "0 110" + Field(10_000, 17) + "0 1110" + Field(70_000, 20)
                + "0 1111" + Field(600_000, 64) + "0")
        },
        {
            "64 significant bits are told as 0",
            [(0, 0), (1, unchecked((long)0x8000000000000001))],
            "0002 00 0000000000000000 01 " + Hex("11 00000 000000 1" + new string('0', 62) + "1")
        },
    };

    private static string Field(long value, int width) => Convert.ToString(width == 64 ? value : value & ((1L << width) - 1), 2).PadLeft(width, '0');

    private static string Hex(string bits)
    {
        bits = bits.Replace(" ", "", StringComparison.Ordinal);
        bits = bits.PadRight((bits.Length + 7) / 8 * 8, '0');
        return string.Concat(bits.Chunk(8).Select(b => Convert.ToByte(new string(b), 2).ToString("x2")));
    }

    [Theory]
    [MemberData(nameof(Golden))]
    public void Chunks_are_the_bytes_of_the_format(string why, (long, long)[] samples, string hex)
    {
        Assert.NotEmpty(why);
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexStringLower(Encode(samples)));
        Assert.Equal(samples, Decode(Encode(samples), samples.Length, 3));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(8192, 16)]
    [InlineData(-8191, 16)]
    [InlineData(8193, 20)]
    [InlineData(-8192, 20)]
    [InlineData(65536, 20)]
    [InlineData(-65535, 20)]
    [InlineData(65537, 24)]
    [InlineData(-65536, 24)]
    [InlineData(524288, 24)]
    [InlineData(-524287, 24)]
    [InlineData(524289, 68)]
    [InlineData(-524288, 68)]
    [InlineData(long.MaxValue, 68)]
    [InlineData(long.MinValue, 68)]
    public void A_delta_of_deltas_takes_the_narrowest_field(long change, int bits)
    {
        var buffer = new byte[128];
        var state = XorEncoder.Begin(buffer, 0, 0);
        XorEncoder.Append(ref state, buffer, 0, 0, 0, 0);
        var before = state.Position;
        XorEncoder.Append(ref state, buffer, 0, 0, change, 0);
        Assert.Equal(before + bits + 1, state.Position);
        Assert.Equal([(0, 0), (0, 0), (change, 0)], Decode(buffer, 3, 1));
    }

    private static readonly Gen<long> _bits = Gen.Frequency(
        (3, Gen.Double.Select(BitConverter.DoubleToInt64Bits)),
        (3, Gen.Int[-3, 300].Select(i => Bits(i))),
        (1, Gen.Long),
        (1, Gen.Int[0, 5].Select(i => new[]
        {
            StaleMarker.Bits, StaleMarker.NormalNaNBits, Bits(double.PositiveInfinity), Bits(double.NegativeInfinity), Bits(-0.0), -1L,
        }[i])));

    private static readonly Gen<long> _delta = Gen.Frequency(
        (5, Gen.Const(15_000L)),
        (3, Gen.Long[1, 20_000]),
        (2, Gen.Long[1, 2_000_000]),
        (1, Gen.Long));

    [Fact]
    public void Any_samples_come_back_bit_for_bit()
    {
        Gen.Select(Gen.Long, Gen.Select(_delta, _bits).Array[1, 300], Gen.Int[1, 300]).Sample(
            (start, steps, batch) =>
            {
                var time = start;
                var samples = steps.Select(s => (Time: time = unchecked(time + s.Item1), Bits: s.Item2)).ToArray();
                var chunk = Encode(samples);
                Assert.Equal(samples, Decode(chunk, samples.Length, batch));
                var prefix = samples.Length / 2;
                Assert.Equal(samples.Take(prefix), Decode(chunk, prefix, batch));
            },
            iter: 2000);
    }

    [Fact]
    public void An_encoder_goes_on_where_a_decoder_stopped()
    {
        Gen.Select(Gen.Long[1, 100_000], _bits).Array[2, 100].Sample(
            steps =>
            {
                var time = 0L;
                var samples = steps.Select(s => (Time: time += s.Item1, Bits: s.Item2)).ToArray();
                var whole = Encode(samples);
                var half = samples.Length / 2;
                var first = Encode(samples[..half]);
                var decoder = new XorDecoder(first, 0, first.Length, half);
                while (decoder.MoveNext())
                {
                }

                var state = decoder.State(half);
                var buffer = new byte[whole.Length + 64];
                first.CopyTo(buffer, 0);
                var (lastTime, lastBits) = (decoder.Time, decoder.Bits);
                foreach (var (t, b) in samples[half..])
                {
                    XorEncoder.Append(ref state, buffer, lastTime, lastBits, t, b);
                    (lastTime, lastBits) = (t, b);
                }

                XorEncoder.WriteCount(buffer, state.Count);
                Assert.Equal(whole, buffer[..state.Length]);
            },
            iter: 1000);
    }

    [Fact]
    public void Damaged_chunks_are_read_to_an_end_without_harm()
    {
        Gen.Select(Gen.Byte.Array[3, 200], Gen.Int[0, 400]).Sample(
            (chunk, count) =>
            {
                var decoder = new XorDecoder(chunk, 0, chunk.Length, count);
                var (times, values) = (new long[400], new double[400]);
                Assert.Equal(count, decoder.Read(times, values));
            },
            iter: 5000);
    }
}
