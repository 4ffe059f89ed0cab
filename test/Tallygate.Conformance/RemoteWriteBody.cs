using System.Buffers.Binary;
using System.Text;

namespace Tallygate.Conformance;

/// <summary>Bodies of remote write, version 1: one sample for each of some series, packed as snappy packs what it cannot make smaller.</summary>
public static class RemoteWriteBody
{
    private const int MostLiteral = 60;

    /// <summary>A request with the value at the time (Unix milliseconds) for the series <c>name{i="0"}</c>, <c>name{i="1"}</c>, ….</summary>
    /// <param name="trace">The trace id of an exemplar that each of them has at that time; null: they have none.</param>
    public static byte[] Of(string name, int series, long time, double value, string? trace = null)
    {
        var request = new List<byte>();
        var bits = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bits, value);
        for (var i = 0; i < series; i++)
        {
            List<byte> one = [];
            Field(one, 1, Label("__name__", name));
            Field(one, 1, Label("i", $"{i}"));
            List<byte> sample = [(1 << 3) | 1];
            sample.AddRange(bits);
            sample.Add(2 << 3);
            Number(sample, (ulong)time);
            Field(one, 2, sample);
            if (trace is not null)
            {
                List<byte> exemplar = [];
                Field(exemplar, 1, Label("trace_id", trace));
                exemplar.Add((2 << 3) | 1);
                exemplar.AddRange(bits);
                exemplar.Add(3 << 3);
                Number(exemplar, (ulong)time);
                Field(one, 3, exemplar);
            }

            Field(request, 1, one);
        }

        return Pack([.. request]);
    }

    private static List<byte> Label(string name, string value)
    {
        List<byte> label = [];
        Field(label, 1, [.. Encoding.UTF8.GetBytes(name)]);
        Field(label, 2, [.. Encoding.UTF8.GetBytes(value)]);
        return label;
    }

    private static void Field(List<byte> target, int number, List<byte> content)
    {
        target.Add((byte)((number << 3) | 2));
        Number(target, (ulong)content.Count);
        target.AddRange(content);
    }

    private static void Number(List<byte> target, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            target.Add((byte)(value | 0x80));
        }

        target.Add((byte)value);
    }

    private static byte[] Pack(byte[] bytes)
    {
        List<byte> packed = [];
        Number(packed, (ulong)bytes.Length);
        foreach (var piece in bytes.Chunk(MostLiteral))
        {
            packed.Add((byte)((piece.Length - 1) << 2));
            packed.AddRange(piece);
        }

        return [.. packed];
    }
}
