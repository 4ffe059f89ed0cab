using System.Buffers.Binary;
using System.Text;
using Tallygate.Wal;

namespace Tallygate.Tests.Tsdb.Import;

/// <summary>Writes records and segments of Prometheus's write-ahead log: the simple twin of what reads them.</summary>
internal sealed class PrometheusLogBytes
{
    private readonly List<byte> _bytes = [];

    public byte[] ToArray() => [.. _bytes];

    /// <summary>A segment of one fragment for each record.</summary>
    /// <param name="records">The records and the flags of their packing: 8 for snappy, 16 for zstd.</param>
    public static byte[] Segment(params (byte[] Record, byte Flags)[] records)
    {
        var segment = new List<byte>();
        foreach (var (record, flags) in records)
        {
            var header = new byte[7];
            header[0] = (byte)(1 | flags);
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(1), (ushort)record.Length);
            BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(3), Crc32C.Finish(Crc32C.Append(Crc32C.Start, record)));
            segment.AddRange(header);
            segment.AddRange(record);
        }

        return [.. segment];
    }

    public PrometheusLogBytes Byte(byte value)
    {
        _bytes.Add(value);
        return this;
    }

    public PrometheusLogBytes Fixed(long value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        _bytes.AddRange(bytes);
        return this;
    }

    public PrometheusLogBytes Double(double value) => Fixed(BitConverter.DoubleToInt64Bits(value));

    public PrometheusLogBytes Unsigned(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        return Byte((byte)value);
    }

    public PrometheusLogBytes Signed(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public PrometheusLogBytes Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Unsigned((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    public PrometheusLogBytes Labels(params string[] namesAndValues)
    {
        Unsigned((ulong)namesAndValues.Length / 2);
        foreach (var text in namesAndValues)
        {
            Text(text);
        }

        return this;
    }
}
